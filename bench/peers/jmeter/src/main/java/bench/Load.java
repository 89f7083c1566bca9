package bench;

import static us.abstracta.jmeter.javadsl.JmeterDsl.constantTimer;
import static us.abstracta.jmeter.javadsl.JmeterDsl.httpSampler;
import static us.abstracta.jmeter.javadsl.JmeterDsl.jtlWriter;
import static us.abstracta.jmeter.javadsl.JmeterDsl.testPlan;
import static us.abstracta.jmeter.javadsl.JmeterDsl.threadGroup;
import static us.abstracta.jmeter.javadsl.JmeterDsl.throughputTimer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import us.abstracta.jmeter.javadsl.core.DslTestPlan;

/**
 * The harness's four kinds of load in JMeter's own engine, started in this JVM; chosen by the system properties mode, users,
 * seconds, rate and url. `jtl` names a folder for the samples, `plan` the test plan of the open model.
 */
public final class Load {
    private Load() {}

    public static void main(String[] args) throws Exception {
        int users = Integer.getInteger("users");
        Duration seconds = Duration.ofSeconds(Integer.getInteger("seconds"));
        double rate = Double.parseDouble(System.getProperty("rate"));
        var get = httpSampler("get", System.getProperty("url"));
        DslTestPlan plan = switch (System.getProperty("mode")) {
            case "loop" -> testPlan(threadGroup().rampToAndHold(users, Duration.ZERO, seconds).children(get));
            case "idle" ->
                testPlan(threadGroup()
                        .rampToAndHold(users, Duration.ofSeconds(10), seconds)
                        .children(get, constantTimer(Duration.ofSeconds(10))));
            case "paced" ->
                testPlan(threadGroup()
                        .rampToAndHold(users, Duration.ZERO, seconds)
                        .children(throughputTimer(rate * 60), get));
            case "open" -> DslTestPlan.fromJmx(openPlan(seconds, rate).toString());
            default -> throw new IllegalArgumentException("mode: loop, idle, paced or open");
        };
        String jtl = System.getProperty("jtl");
        if (jtl != null) {
            plan.children(jtlWriter(jtl));
        }
        plan.run();
        System.exit(0); // its HTTP client's threads would hold the JVM
    }

    /** JMeter's Open Model Thread Group, which the DSL does not know. */
    private static Path openPlan(Duration seconds, double rate) throws Exception {
        String text = Files.readString(Path.of(System.getProperty("plan")))
                .replace("@SCHEDULE@", "rate(" + rate + "/sec) even_arrivals(" + seconds.toSeconds() + " sec)")
                .replace("@PORT@", System.getProperty("port"));
        return Files.writeString(Files.createTempFile("open", ".jmx"), text);
    }
}
