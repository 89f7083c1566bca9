package io.vikhry.runtime.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one owner, each to be closed when that ends. Any thread may call: who ends the owner may do so while its own thread
 * opens another client, which is then closed as soon as it is there.
 */
public final class OpenClients {
    /** Null when the owner has ended. */
    private @Nullable List<AutoCloseable> open = new ArrayList<>(1);

    /** The owner of none. */
    public OpenClients() {}

    /** Takes note of a client; closes it at once where the owner has ended. */
    public void add(AutoCloseable client) {
        if (!isNoted(client)) {
            try {
                client.close();
            } catch (Exception e) {
                throw new IllegalStateException("a client was opened after its user had ended, and does not close", e);
            }
        }
    }

    private synchronized boolean isNoted(AutoCloseable client) {
        List<AutoCloseable> clients = open;
        return clients != null && clients.add(client);
    }

    /** It was closed by whoever opened it. */
    public synchronized void remove(AutoCloseable client) {
        if (open != null) {
            open.remove(client);
        }
    }

    /** The owner has ended: closes all clients; what fails is given to {@code problem}, and the others are closed all the same. */
    public void close(Consumer<Exception> problem) {
        for (AutoCloseable client : end()) {
            try {
                client.close();
            } catch (Exception e) {
                problem.accept(e);
            }
        }
    }

    private synchronized List<AutoCloseable> end() {
        List<AutoCloseable> clients = open;
        open = null;
        return clients == null ? List.of() : clients;
    }
}
