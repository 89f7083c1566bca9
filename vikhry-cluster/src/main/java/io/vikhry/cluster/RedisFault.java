package io.vikhry.cluster;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in one line what is wrong with a Redis and what to do; knows its URL without the password. */
final class RedisFault {
    private static final String REMEDY = "start one with `vikhry infra redis start` or give --redis-url";

    private static final Pattern PLAIN = Pattern.compile("^rediss?://");
    private static final Pattern SENTINEL = Pattern.compile("^(rediss?)[+-]sentinel://");

    private final String url;

    RedisFault(RedisURI uri) {
        String database = uri.getDatabase() == 0 ? "" : "/" + uri.getDatabase();
        String scheme = uri.isSsl() ? "rediss" : "redis";
        this.url = uri.getSentinels().isEmpty()
                ? scheme + "://" + address(uri) + database
                : scheme + "+sentinel://"
                        + uri.getSentinels().stream().map(RedisFault::address).collect(Collectors.joining(","))
                        + database + "#" + uri.getSentinelMasterId();
    }

    private static String address(RedisURI uri) {
        return (uri.getHost() == null ? "localhost" : uri.getHost()) + ":" + uri.getPort();
    }

    static RedisURI parse(String url) {
        // The parser's own message would repeat the URL with its password.
        if (PLAIN.matcher(url).find() || SENTINEL.matcher(url).find()) {
            try {
                // What the driver calls redis-sentinel has the plus in other tools.
                RedisURI uri = RedisURI.create(SENTINEL.matcher(url).replaceFirst("$1-sentinel://"));
                if (PLAIN.matcher(url).find() || uri.getSentinelMasterId() != null) {
                    return uri;
                }
            } catch (IllegalArgumentException e) {
                throw badUrl();
            }
        }
        throw badUrl();
    }

    private static ClusterException badUrl() {
        return new ClusterException(
                "--redis-url is no URL of a Redis: "
                        + "write redis://[[user]:password@]host[:port][/db], or rediss:// for TLS, "
                        + "or redis+sentinel://[[user]:password@]host[:port][,host…][/db]#name with the addresses of Sentinels");
    }

    String url() {
        return url;
    }

    /** Why connecting failed. */
    ClusterException unreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException refused) {
                return refused(refused);
            }
        }
        return new ClusterException(
                "Redis at " + url + " does not answer: " + reason(failure) + "; " + REMEDY, failure);
    }

    /** Why a command failed. */
    ClusterException explain(Throwable failure) {
        return switch (failure) {
            case RedisCommandInterruptedException interrupted -> {
                Thread.currentThread().interrupt();
                yield new ClusterException("interrupted while waiting for Redis at " + url, interrupted);
            }
            case RedisCommandTimeoutException timeout ->
                new ClusterException(
                        "Redis at " + url + " did not answer within " + Redis.TIMEOUT.toSeconds() + " s", timeout);
            case RedisCommandExecutionException refused -> refused(refused);
            default -> unreachable(failure);
        };
    }

    private ClusterException refused(RedisCommandExecutionException refused) {
        String message = line(refused.getMessage());
        String code = message.split(" ", 2)[0];
        String remedy = switch (code) {
            case "NOAUTH", "WRONGPASS" ->
                "it wants another user or password: give them in --redis-url, as redis://user:password@host:port";
            case "NOPERM" -> "its user may not do that: it needs +@all -@dangerous and ~vikhry:*";
            case "OOM" -> "it has no memory left: raise its maxmemory";
            case "READONLY" -> "it is a replica: give the URL of the primary";
            case "LOADING" -> "it is loading its data: try again soon";
            default -> "it answered " + message;
        };
        return new ClusterException("Redis at " + url + " refused: " + remedy, refused);
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException connect) {
                String message = line(connect.getMessage()).toLowerCase(Locale.ROOT);
                return message.contains("refused") ? "connection refused" : message;
            }
            if (cause instanceof UnknownHostException) {
                return "no such host";
            }
            deepest = cause;
        }
        String message = line(deepest.getMessage());
        return message.toLowerCase(Locale.ROOT).contains("not connected") ? "the connection is lost" : message;
    }

    private static String line(@Nullable String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("no reason given");
    }
}
