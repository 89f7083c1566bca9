package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenClientsTest {
    private final OpenClients clients = new OpenClients();
    private final List<String> closed = new ArrayList<>();
    private final List<Exception> problems = new ArrayList<>();

    @Test
    void allAreClosedOnceThoughOneFails() {
        clients.add(() -> closed.add("first"));
        clients.add(() -> {
            throw new IllegalStateException("does not close");
        });
        clients.add(() -> closed.add("last"));
        clients.close(problems::add);
        clients.close(problems::add);
        assertThat(closed).containsExactly("first", "last");
        assertThat(problems).hasSize(1);
    }

    @Test
    void oneThatIsOpenedWhileItsOwnerIsBeingEndedOrLaterIsClosedToo() {
        clients.add(() -> clients.add(() -> closed.add("meanwhile")));
        clients.close(problems::add);
        clients.add(() -> closed.add("later"));
        assertThat(closed).containsExactly("meanwhile", "later");
    }

    @Test
    void oneThatWasClosedBeforeIsForgotten() {
        AutoCloseable client = () -> closed.add("again");
        clients.add(client);
        clients.remove(client);
        clients.close(problems::add);
        assertThat(closed).isEmpty();
    }
}
