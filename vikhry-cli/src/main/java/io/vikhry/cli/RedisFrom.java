package io.vikhry.cli;

import io.vikhry.redis.Choice;
import io.vikhry.redis.Setup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a Redis comes from. */
final class RedisFrom {
    @Option(
            names = "--redis",
            paramLabel = "WHERE",
            defaultValue = "auto",
            description =
                    "auto, url, path, bundled or docker. auto: --redis-url if given, else redis-server or"
                            + " valkey-server 7+ on the PATH, else the bundled one, else a container. Default: ${DEFAULT-VALUE}")
    Choice choice = Choice.AUTO;

    @Option(
            names = "--redis-url",
            paramLabel = "URL",
            converter = Values.OneRedis.class,
            description = "A Redis that runs already: redis://:password@host:port")
    @Nullable String url;

    @Option(
            names = "--redis-port",
            paramLabel = "PORT",
            converter = Values.Port.class,
            defaultValue = "0",
            description = "The port of a Redis that is started; 0 takes a free one. Default: ${DEFAULT-VALUE}")
    int port;

    Setup setup() {
        if (url == null && choice == Choice.URL) {
            throw Failure.usage("--redis url needs the address: add --redis-url redis://host:port");
        }
        if (url != null && choice != Choice.AUTO && choice != Choice.URL) {
            throw Failure.usage("--redis-url and --redis " + choice + " contradict each other: give one of them");
        }
        return Setup.DEFAULT.withUrl(url).withPort(port);
    }
}
