package io.vikhry.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What the build runs beside each other is found by its tag, also when it is tried again. */
class OnlyTaggedTest {
    @ParameterizedClass
    @ValueSource(ints = {1, 2})
    abstract static class Each {
        @Parameter
        int which;

        @Test
        void works() {}
    }

    @Tag("wanted")
    static class Wanted extends Each {}

    static class Other extends Each {}

    private static List<String> ran(PostDiscoveryFilter filter, DiscoverySelector... selectors) {
        List<String> ran = new ArrayList<>();
        TestExecutionListener listener = new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                    ran.add(test.getUniqueId());
                }
            }
        };
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectors)
                                .filters(filter)
                                .build(),
                        listener);
        return ran;
    }

    @Test
    void oneOfAParameterizedClassIsFoundAgainByItsId() {
        PostDiscoveryFilter filter = new OnlyTagged("wanted");
        List<String> all = ran(filter, selectClass(Wanted.class), selectClass(Other.class));
        assertThat(all).hasSize(2).allMatch(id -> id.contains("Wanted"));
        assertThat(ran(filter, selectUniqueId(all.getLast()))).containsExactly(all.getLast());
    }

    @Test
    void allAreTakenWhereNoneAreAskedFor() {
        assertThat(ran(new OnlyTagged(null), selectClass(Wanted.class), selectClass(Other.class)))
                .hasSize(4);
    }
}
