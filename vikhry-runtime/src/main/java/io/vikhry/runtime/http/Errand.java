package io.vikhry.runtime.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.api.Http;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import java.net.URI;
import java.util.function.Consumer;

/** A piece of a scenario's code that no user runs, a factory's or a probe's: owns its clients, whose requests are not measured. */
public final class Errand implements ClientOwner {
    private final Engine engine;
    private final Loop loop;
    private final AllowedHosts hosts;
    private final Gate gate;
    private final ObjectMapper json;
    private final OpenClients clients = new OpenClients();

    /** One whose requests go by {@code loop}, to {@code hosts} alone, and pass {@code gate}. */
    public Errand(Engine engine, Loop loop, AllowedHosts hosts, Gate gate, ObjectMapper json) {
        this.engine = engine;
        this.loop = loop;
        this.hosts = hosts;
        this.gate = gate;
        this.json = json;
    }

    /** A builder for one of its clients. */
    public Http.Builder http(URI base) {
        return HttpClients.builder(this, base);
    }

    /** It is over: cuts its requests and closes its clients; what fails is given to {@code problem}. Any thread may call. */
    public void end(Consumer<Exception> problem) {
        clients.close(problem);
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public String step() {
        return "";
    }

    @Override
    public long latenessNanos() {
        return 0;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public boolean mayCall(String host, int port) {
        return hosts.permits(host, port);
    }

    @Override
    public ObjectMapper json() {
        return json;
    }

    @Override
    public boolean measured() {
        return false;
    }

    @Override
    public void closeAtEnd(AutoCloseable client) {
        clients.add(client);
    }

    @Override
    public void forget(AutoCloseable client) {
        clients.remove(client);
    }
}
