package bench;

import static io.gatling.javaapi.core.CoreDsl.atOnceUsers;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pace;
import static io.gatling.javaapi.core.CoreDsl.rampUsers;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;

import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Simulation;
import java.time.Duration;

/** The harness's four kinds of load in Gatling; chosen by the system properties mode, users, seconds, rate and url. */
public class Load extends Simulation {
    {
        int users = Integer.getInteger("users");
        int seconds = Integer.getInteger("seconds");
        double rate = Double.parseDouble(System.getProperty("rate"));
        var protocol = http.baseUrl(System.getProperty("url")).disableWarmUp();
        ChainBuilder get = exec(http("get").get(""));
        var all = atOnceUsers(users);
        switch (System.getProperty("mode")) {
            case "loop" ->
                setUp(scenario("loop").during(seconds).on(get).injectOpen(all).protocols(protocol));
            case "idle" ->
                setUp(scenario("idle")
                        .during(seconds)
                        .on(pace(Duration.ofSeconds(10)).exec(get))
                        .injectOpen(rampUsers(users).during(10))
                        .protocols(protocol));
            case "paced" ->
                setUp(scenario("paced")
                        .during(seconds)
                        .on(pace(Duration.ofNanos((long) (1e9 * users / rate))).exec(get))
                        .injectOpen(all)
                        .protocols(protocol));
            case "open" ->
                setUp(scenario("open")
                        .exec(get)
                        .injectOpen(constantUsersPerSec(rate).during(seconds))
                        .protocols(protocol));
            default -> throw new IllegalArgumentException("mode: loop, idle, paced or open");
        }
    }
}
