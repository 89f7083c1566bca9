package io.vikhry.api;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a runtime gives to a {@link VU}. For runtimes; a scenario calls the methods of {@link VU} instead. */
public interface VuContext {

    /** Ties {@code vu} to the runtime that runs it; to be called once, before {@link VU#onInit}. */
    static void attach(VU vu, VuContext context) {
        vu.context = context;
    }

    /**
     * What a call of {@link System#exit} in a scenario becomes: it would end the worker with all its users.
     *
     * @throws UnsupportedOperationException always, with what to do instead
     */
    static void refuseExit(int status) {
        throw new UnsupportedOperationException("a scenario must not end its process with exit code " + status
                + ", which all users of the worker share: stop() ends this user; an exception in a step with"
                + " onError = OnError.ABORT_RUN ends the run");
    }

    /** As {@link #refuseExit(int)}, for {@link Runtime#exit} and {@link Runtime#halt}. */
    static void refuseExit(Runtime runtime, int status) {
        refuseExit(status);
    }

    /** {@link VU#id()}. */
    long vuId();

    /** {@link VU#random()}. */
    RandomGenerator random();

    /** {@link VU#http(URI)}. */
    Http.Builder http(URI baseUrl);

    /** {@link VU#resources()}. */
    Resources resources();

    /** {@link VU#pause(Duration)}. */
    void pause(Duration duration);

    /** {@link VU#flow(String, Callable)}. */
    <T> T flow(String name, Callable<T> body) throws Exception;

    /** {@link VU#metric(String)}. */
    Metric metric(String name);

    /** {@link VU#stop()}. */
    void stop();

    /** {@link VU#offload(Callable)}. */
    <T> T offload(Callable<T> work) throws Exception;

    /** {@link VU#once(String, Class, Duration, Callable)}; without a type, {@link VU#once(String, Callable)}. */
    <T> T once(String key, @Nullable Class<T> type, Duration timeout, Callable<T> body) throws Exception;

    /** {@link VU#barrier(String, Duration)}. */
    void barrier(String name, Duration timeout);
}
