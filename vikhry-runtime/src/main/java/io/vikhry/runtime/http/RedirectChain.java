package io.vikhry.runtime.http;

import io.vikhry.api.HttpException;
import io.vikhry.runtime.metrics.Series;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The requests that follow one that was redirected: each a sample of its own, in the series of the first. */
final class RedirectChain {
    /** Another origin must not learn what the scenario meant for the first. */
    private static final List<String> SECRETS = List.of("Authorization", "Proxy-Authorization", "Cookie", "Host");

    /** What is about a body that the request has no more. */
    private static final List<String> OF_THE_BODY =
            List.of("Content-Type", "Content-Encoding", "Content-Language", "Content-Location");

    private final HttpClient client;
    private final Request request;
    private final Label label;
    private String method;
    private Request.Options options;
    /** The client's headers and the request's own. */
    private Headers common;

    private @Nullable Headers own;
    private long deadlineNanos;

    RedirectChain(HttpClient client, Request request, Label label) {
        this.client = client;
        this.request = request;
        this.label = label;
        this.method = request.method;
        this.options = request.options();
        this.common = client.settings().headers();
        this.own = request.options().headers;
    }

    /** Where it ends: the exchange of the last request, and what that asked for. */
    record End(Exchange exchange, Target target) {}

    /** Goes on from the answer to the first request, within that request's deadline, to the first that is no redirect. */
    End follow(Exchange first, Target from) {
        Exchange x = first;
        Target at = from;
        deadlineNanos = first.deadlineNanos;
        for (int left = client.settings().redirects(); Redirects.isRedirect(x.status); left--) {
            Target to = next(x, at, left);
            String next = Redirects.method(x.status, method);
            if (!next.equals(method)) {
                method = next;
                options = Request.NONE;
                leaveOut(OF_THE_BODY);
            }
            if (!to.origin().equals(at.origin())) {
                leaveOut(SECRETS);
            }
            client.recycle(x);
            at = to;
            x = send(at, first.download != null);
            deadlineNanos = x.deadlineNanos;
            if (x.failure != null && !x.hasHead()) {
                throw client.failed(x, method, at);
            }
            CookieJar jar = client.cookies();
            if (x.cookie && jar != null) {
                jar.store(at.origin(), at.path(), ResponseHead.all(x.responseHead, "Set-Cookie"));
            }
        }
        return new End(x, at);
    }

    private Target next(Exchange x, Target at, int left) {
        if (left == 0) {
            throw refused(x, at, "more than " + client.settings().redirects() + " redirects");
        }
        Optional<String> location = ResponseHead.first(x.responseHead, "Location");
        if (location.isEmpty()) {
            throw refused(x, at, "status " + x.status + " without a Location");
        }
        try {
            return at.redirect(location.get());
        } catch (IllegalArgumentException e) {
            throw refused(x, at, "status " + x.status + " with an unusable Location: " + e.getMessage());
        }
    }

    private HttpException refused(Exchange x, Target at, String why) {
        String code = HttpException.Code.REDIRECT.name();
        Series series = label.series();
        if (series != null) {
            if (!x.sample.hasFailed()) {
                series.failCheck(Integer.toString(x.status), code);
            }
            client.owner().loop().recorder().error(series, code, label.name() + ": " + why, null);
        }
        HttpException e = new HttpException(HttpException.Code.REDIRECT, method + " " + at.url() + ": " + why, null);
        client.recycle(x);
        return e;
    }

    private void leaveOut(List<String> names) {
        common = common.without(names);
        Headers mine = own;
        own = mine == null ? null : mine.without(names);
    }

    private Exchange send(Target to, boolean streamed) {
        long before = System.nanoTime();
        client.owner().gate().pass();
        client.refuseIfInterrupted(request, to);
        Exchange x = client.exchange(client.pool(to.origin()));
        long now = System.nanoTime();
        x.deadlineNanos = deadlineNanos + (now - before);
        String start = client.heads().start(method, to, common, own);
        x.head = client.heads().head(start, to, common, own, method, options);
        x.body = options.body;
        x.upload = HttpClient.upload(options);
        x.continueNanos = options.continueNanos;
        x.close = RequestHeads.close(common, own);
        x.method(method);
        x.idempotent &= x.upload == null;
        x.keepBody = !request.discardBody;
        x.maxBody = request.maxBody();
        x.download = streamed ? new Download(x) : null;
        x.okStatus = request.options().okStatus;
        x.redirectsAreFine = true;
        x.sample.begin(label.series(), now, client.owner().latenessNanos());
        x.waiter.await();
        return x;
    }
}
