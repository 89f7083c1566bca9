import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.ReadyStep;
import io.vikhry.api.Step;
import io.vikhry.api.StepStrategy;
import io.vikhry.api.VU;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A customer with a strategy of its own: the step that was not taken for the longest time is next, after a moment to think. */
public class LongestWaitVU extends VU {
    @Param(description = "Base URL of the shop")
    URI baseUrl = URI.create("http://127.0.0.1:8000");

    @Param(description = "From one step to the next")
    Duration think = Duration.ofMillis(200);

    private Http http;

    @Override
    public void onInit() {
        http = http(baseUrl).build();
    }

    @Override
    public StepStrategy strategy() {
        return new LongestWait(think);
    }

    /** Belongs to one user and is asked on its thread only, so plain fields will do. */
    private static final class LongestWait implements StepStrategy {
        private final Map<String, Long> taken = new HashMap<>();
        private final long thinkNanos;
        private long notBefore = System.nanoTime();

        LongestWait(Duration think) {
            this.thinkNanos = think.toNanos();
        }

        @Override
        public Optional<ReadyStep> choose(List<ReadyStep> ready, RandomGenerator random) {
            long now = System.nanoTime();
            if (now - notBefore < 0) {
                return Optional.empty(); // asked again within 100 ms
            }
            ReadyStep next = ready.stream()
                    .min(Comparator.comparing(step -> taken.getOrDefault(step.name(), Long.MIN_VALUE)))
                    .orElseThrow();
            taken.put(next.name(), now);
            notBefore = now + thinkNanos;
            return Optional.of(next);
        }
    }

    @Step
    void catalog() {
        http.get("/catalog").send().expectStatus(200);
    }

    @Step
    void login() {
        http.post("/auth")
                .json(Map.of("username", "user_" + id(), "password", "password"))
                .send()
                .expectStatus(200);
    }

    @Step(requires = "login")
    void visit() throws Exception {
        flow("visit", () -> {
            http.get("/catalog").send().expectStatus(200);
            pause(Duration.ofMillis(50), Duration.ofMillis(150));
            http.get("/catalog").send().expectStatus(200);
        });
    }
}
