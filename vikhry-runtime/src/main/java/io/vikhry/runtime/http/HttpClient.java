package io.vikhry.runtime.http;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpRequest;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Respite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP client of one VU: makes requests into bytes, follows redirects, keeps cookies.
 *
 * <p>It belongs to the VU's thread; children of the VU may use it at the same time. What they share is atomic (the spare
 * exchange, the pools) or in the {@link Repertoire} that the client shares with others anyway. A request with the method and path
 * of an earlier one, without headers, cookies and query of its own, costs one look-up there and allocates the request and the
 * response.
 */
final class HttpClient implements Http {
    private static final VarHandle SPARE;

    static {
        try {
            SPARE = MethodHandles.lookup().findVarHandle(HttpClient.class, "spare", Exchange.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ClientOwner owner;
    private final Repertoire repertoire;
    private final ClientSettings settings;
    private final Pool base;
    private final @Nullable CookieJar cookies;
    private final RequestHeads heads;

    @SuppressWarnings("unused") // by SPARE
    private @Nullable Exchange spare;

    /** Pools of other origins than the base; null before there was one. */
    private volatile @Nullable ConcurrentHashMap<Origin, Pool> others;

    private volatile boolean closed;

    HttpClient(ClientOwner owner, ClientSettings wanted) {
        this.owner = owner;
        this.repertoire = owner.repertoires().of(wanted);
        this.settings = repertoire.settings();
        this.base = newPool(settings.origin());
        this.cookies = settings.cookies() ? new CookieJar(InstantSource.system()) : null;
        this.heads = new RequestHeads(settings, cookies);
    }

    ClientOwner owner() {
        return owner;
    }

    ClientSettings settings() {
        return settings;
    }

    @Override
    public HttpRequest request(String method, String path) {
        return new Request(this, method, path);
    }

    /** Sends and waits; follows redirects. */
    Response send(Request request) {
        Template template = template(request);
        Label label = label(request, template);
        Target target = target(request, template);
        Exchange x = exchange(request, template, label, target);
        x.waiter.await();
        answered(x, request, target);
        if (settings.redirects() > 0 && Redirects.isRedirect(x.status)) {
            RedirectChain.End end = new RedirectChain(this, request, label).follow(x, target);
            return response(end.exchange(), label, end.target());
        }
        return response(x, label, target);
    }

    /** Sends and waits for the head; follows redirects. */
    StreamedResponse stream(Request request) {
        Template template = template(request);
        Label label = label(request, template);
        Target target = target(request, template);
        Exchange x = exchange(request, template, label, target);
        x.download = new Download(x);
        x.waiter.await();
        answered(x, request, target);
        if (settings.redirects() > 0 && Redirects.isRedirect(x.status)) {
            RedirectChain.End end = new RedirectChain(this, request, label).follow(x, target);
            x = end.exchange();
            target = end.target();
        }
        return new StreamedResponse(this, request, label, target, x, Objects.requireNonNull(x.download));
    }

    private void answered(Exchange x, Request request, Target target) {
        if (x.failure != null && !x.hasHead()) {
            throw failed(x, request.method, target);
        }
        CookieJar jar = cookies;
        if (x.cookie && jar != null) {
            jar.store(target.origin(), target.path(), ResponseHead.all(x.responseHead, "Set-Cookie"));
        }
    }

    private Template template(Request request) {
        if (closed) {
            throw new IllegalStateException(request + ": the client is closed");
        }
        return repertoire.template(this, request.method, request.path, owner.step());
    }

    private Label label(Request request, Template template) {
        String name = request.name;
        return name == null ? template.label(owner) : repertoire.label(owner, name, owner.step());
    }

    private static Target target(Request request, Template template) {
        StringBuilder query = request.options().query;
        return query == null ? template.target() : template.target().withQuery(query);
    }

    /** An exchange for the request, ready to be sent. */
    private Exchange exchange(Request request, Template template, Label label, Target target) {
        Request.Options options = request.options();
        CookieJar jar = cookies;
        boolean direct = options.headers == null && options.query == null && options.contentType == null;
        Gate gate = owner.gate();
        long now = gate.openNow();
        if (now == Gate.SHUT) {
            gate.pass();
            now = System.nanoTime();
        }
        refuseIfInterrupted(request, template.target());

        Exchange x = exchange(pool(template.target().origin()));
        x.deadlineNanos = now + request.timeoutNanos();
        if (direct && (jar == null || jar.isEmpty())) {
            x.head = template.bodiless();
            x.close = heads.close();
        } else {
            String start = options.query == null && options.headers == null
                    ? template.start()
                    : heads.start(request.method, target, settings.headers(), options.headers);
            x.head = heads.head(start, target, settings.headers(), options.headers, request.method, options);
            x.body = options.body;
            x.upload = upload(options);
            x.continueNanos = options.continueNanos;
            x.close = options.headers == null ? heads.close() : RequestHeads.close(settings.headers(), options.headers);
        }
        x.method(request.method);
        x.idempotent &= x.upload == null;
        x.keepBody = !request.discardBody;
        x.maxBody = request.maxBody();
        x.okStatus = options.okStatus;
        x.redirectsAreFine = settings.redirects() > 0;
        x.sample.begin(label.series(), now, owner.latenessNanos());
        return x;
    }

    /** An exchange with the pool of {@code origin}, filled in up to its start and its deadline. */
    Exchange exchange(Pool pool) {
        Exchange x = pool == base ? (Exchange) SPARE.getAndSet(this, null) : null;
        if (x == null) {
            return new Exchange(pool, this);
        }
        x.clear();
        return x;
    }

    Response response(Exchange x, Label label, Target target) {
        Response response = new Response(this, label, target, x);
        recycle(x);
        return response;
    }

    void recycle(Exchange x) {
        if (!x.isSpent() && x.pool() == base) {
            x.release();
            SPARE.setRelease(this, x);
        }
    }

    /** What to throw for an exchange without a response; done with the exchange. */
    HttpException failed(Exchange x, String method, Target target) {
        HttpException.Code code = Objects.requireNonNull(x.failure);
        HttpException e = new HttpException(
                code,
                method + " " + target.url() + ": " + code + " after "
                        + TimeUnit.NANOSECONDS.toMillis(x.sample.serviceNanos()) + " ms: " + x.reason,
                x.cause);
        recycle(x);
        return e;
    }

    void refuseIfInterrupted(Request request, Target target) {
        if (Thread.currentThread().isInterrupted()) {
            Respite.take();
            throw new HttpException(
                    HttpException.Code.CANCELLED,
                    request.method + " " + target.url() + ": not sent, the user was interrupted before",
                    null);
        }
    }

    RequestHeads heads() {
        return heads;
    }

    @Nullable CookieJar cookies() {
        return cookies;
    }

    Pool pool(Origin origin) {
        if (origin.equals(base.origin())) {
            return base;
        }
        ConcurrentHashMap<Origin, Pool> these = others;
        Pool known = these == null ? null : these.get(origin);
        return known == null ? otherPool(origin) : known;
    }

    /** Not after {@link #close}: nobody would close it. */
    private synchronized Pool otherPool(Origin origin) {
        if (closed) {
            throw new IllegalStateException("no request to " + origin.authority() + ": the client is closed");
        }
        ConcurrentHashMap<Origin, Pool> these = others;
        if (these == null) {
            these = new ConcurrentHashMap<>(1);
            others = these;
        }
        return these.computeIfAbsent(origin, this::newPool);
    }

    private Pool newPool(Origin origin) {
        return settings.sharedConnections() > 0
                ? SharedPools.of(owner.loop()).join(owner, origin, settings)
                : new Pool(owner, origin, settings);
    }

    boolean isClosed() {
        return closed;
    }

    // ---- sending

    /** A body that is to be read, opened. */
    static @Nullable Upload upload(Request.Options options) {
        return options.source == null ? null : new Upload(options.source.get());
    }

    @Override
    public void close() {
        if (closes()) {
            owner.forget(this);
            leave(base);
            ConcurrentHashMap<Origin, Pool> these = others;
            if (these != null) {
                these.values().forEach(this::leave);
            }
        }
    }

    private synchronized boolean closes() {
        boolean first = !closed;
        closed = true;
        return first;
    }

    private void leave(Pool pool) {
        Loop loop = owner.loop();
        boolean last = settings.sharedConnections() == 0 || SharedPools.of(loop).leave(owner, pool);
        try {
            loop.execute(() -> {
                if (last) {
                    pool.close();
                } else {
                    pool.cancel(this);
                }
            });
        } catch (RejectedExecutionException e) {
            // The engine has ended, and all connections with it.
            return;
        }
    }
}
