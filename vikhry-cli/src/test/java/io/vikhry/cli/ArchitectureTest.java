package io.vikhry.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the modules point one way. */
@AnalyzeClasses(packages = "io.vikhry", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String API = "io.vikhry.api..";
    private static final String RUNTIME = "io.vikhry.runtime..";
    private static final String CLUSTER = "io.vikhry.cluster..";
    private static final String WORKER = "io.vikhry.worker..";
    private static final String ORCHESTRATOR = "io.vikhry.orchestrator..";
    private static final String REDIS = "io.vikhry.redis..";
    private static final String CLI = "io.vikhry.cli..";
    private static final String LETTUCE = "io.lettuce..";

    @ArchTest
    static final ArchRule theApiKnowsNobody =
            noneOf(API).dependOn(RUNTIME, CLUSTER, WORKER, ORCHESTRATOR, REDIS, CLI, LETTUCE);

    @ArchTest
    static final ArchRule theRuntimeKnowsTheApiOnly =
            noneOf(RUNTIME).dependOn(CLUSTER, WORKER, ORCHESTRATOR, REDIS, CLI, LETTUCE);

    @ArchTest
    static final ArchRule theClusterKnowsTheApiOnly =
            noneOf(CLUSTER).dependOn(RUNTIME, WORKER, ORCHESTRATOR, REDIS, CLI);

    @ArchTest
    static final ArchRule theWorkerKnowsClusterAndRuntime = noneOf(WORKER).dependOn(ORCHESTRATOR, REDIS, CLI);

    @ArchTest
    static final ArchRule theOrchestratorKnowsClusterAndRuntime =
            noneOf(ORCHESTRATOR).dependOn(WORKER, REDIS, CLI);

    @ArchTest
    static final ArchRule redisIsStartedByOneWhoKnowsNobody =
            noneOf(REDIS).dependOn(API, RUNTIME, CLUSTER, WORKER, ORCHESTRATOR, CLI, LETTUCE);

    @ArchTest
    static final ArchRule onlyTheClusterSpeaksWithRedis = noClasses()
            .that()
            .resideInAPackage("io.vikhry..")
            .and()
            .resideOutsideOfPackage(CLUSTER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(LETTUCE);

    private static Room noneOf(String room) {
        return others -> noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others);
    }

    private interface Room {
        ArchRule dependOn(String... others);
    }
}
