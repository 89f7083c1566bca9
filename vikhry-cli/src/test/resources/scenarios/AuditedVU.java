import io.vikhry.api.Http;
import io.vikhry.api.Param;
import io.vikhry.api.Resource;
import io.vikhry.api.ResourceContext;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;

/**
 * Asks ten times a second, and twice a second takes a seat, uses it and gives it back. Each request says which user asks, in
 * which of its lives, in which process, and under which lease of which seat.
 */
public class AuditedVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    @Param(description = "How long it takes to make a seat, in ms")
    int seatMillis = 0;

    @Param(description = "How long a user takes to end, in ms")
    int endMillis = 0;

    public record Seat(String id) {}

    private final String life = UUID.randomUUID().toString();
    private Http http;

    @Resource("seats")
    static Seat seat(ResourceContext ctx) throws InterruptedException {
        Thread.sleep(ctx.param("seatMillis", Integer.class));
        return new Seat(ctx.id());
    }

    @Override
    public void onInit() {
        http = http(baseUrl)
                .header("X-VU", String.valueOf(id()))
                .header("X-Life", life)
                .header("X-Place", String.valueOf(ProcessHandle.current().pid()))
                .build();
    }

    @Step(every = "100ms")
    void look() {
        http.get("/look").send();
    }

    @Step(every = "500ms")
    void sit() {
        Seat seat = resources().acquire("seats", Seat.class, Duration.ofSeconds(5));
        ask("/take", seat);
        pause(Duration.ofMillis(30));
        ask("/use", seat);
        resources().release(seat);
    }

    private void ask(String path, Seat seat) {
        http.get(path)
                .header("X-Seat", seat.id())
                .header("X-Lease", life + "/" + resources().leaseNumber(seat))
                .send();
    }

    @Override
    public void onStop() {
        pause(Duration.ofMillis(endMillis));
    }
}
