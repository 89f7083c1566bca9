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
 * Has an account for as long as it lives, asks ten times a second with it, and twice a second takes a seat, uses it and gives it
 * back. Each request says which user asks, in which of its lives, in which process, and under which lease of what.
 */
public class AuditedVU extends VU {
    @Param(description = "Base URL of the system under test")
    URI baseUrl;

    @Param(description = "How long it takes to make a seat, in ms")
    int seatMillis = 0;

    @Param(description = "How long a user takes to end, in ms")
    int endMillis = 0;

    public record Seat(String id) {}

    public record Account(String id) {}

    private final String life = UUID.randomUUID().toString();
    private Http http;
    private Account account;

    @Resource("accounts")
    static Account account(ResourceContext ctx) {
        return new Account(ctx.id());
    }

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

    @Override
    public void onStart() {
        account = resources().acquire("accounts", Account.class);
    }

    @Step(every = "100ms")
    void look() {
        ask("/look", account, "account " + account.id());
    }

    @Step(every = "500ms")
    void sit() {
        if (id() % 2 == 1) {
            return; // It needs nothing but its account, so it works for as long as its worker lets it.
        }
        Seat seat = resources().acquire("seats", Seat.class, Duration.ofSeconds(5));
        ask("/take", seat, "seat " + seat.id());
        pause(Duration.ofMillis(30));
        ask("/use", seat, "seat " + seat.id());
        resources().release(seat);
    }

    private void ask(String path, Object item, String name) {
        http.get(path)
                .header("X-Item", name)
                .header("X-Lease", life + "/" + resources().leaseNumber(item))
                .send();
    }

    @Override
    public void onStop() {
        pause(Duration.ofMillis(endMillis));
    }
}
