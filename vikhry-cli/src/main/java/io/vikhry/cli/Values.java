package io.vikhry.cli;

import io.vikhry.redis.Choice;
import io.vikhry.runtime.scenario.DurationText;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How the values of options are read, and those of variables of the environment that stand in for options: numbers, times, ports
 * and URLs. What cannot be right is refused before anything is asked or started, in words that go on after the option's name. A
 * Redis URL is never repeated, for it may hold a password.
 */
final class Values {
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern REDIS = Pattern.compile("rediss?(?<sentinels>[+-]sentinel)?://(?:[^@/?#]*@)?"
            + "(?<hosts>[^@/?#]+)(?:/\\d{0,9})?(?:\\?[^#]*)?(?:#(?<name>.+))?");
    private static final Pattern HOST = Pattern.compile("(?:[\\w.-]+|\\[[0-9a-fA-F:.]+])(?::(?<port>.*))?");
    private static final String ONE_REDIS = "write redis://[[user]:password@]host[:port][/db], or rediss:// for TLS";
    private static final String SENTINELS =
            ", or redis+sentinel://[[user]:password@]host[:port][,host…][/db]#name with the addresses of Sentinels";

    private Values() {}

    /** Has {@code commands} read all values so. */
    static void readBy(CommandLine commands) {
        commands.registerConverter(Duration.class, Values::duration);
        commands.registerConverter(int.class, Values::integer);
        commands.registerConverter(Integer.class, Values::integer);
        commands.registerConverter(long.class, Values::whole);
        commands.registerConverter(Choice.class, Values::choice);
        commands.registerConverter(double.class, Values::number);
        commands.registerConverter(Double.class, Values::number);
    }

    /** {@code 30s}, {@code 500ms}; a bare number is refused, because nobody knows its unit. */
    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw refused("must be a whole number, not " + text);
        }
    }

    private static int integer(String text) {
        long whole = whole(text);
        if (whole != (int) whole) {
            throw refused("must be a smaller number than " + text);
        }
        return (int) whole;
    }

    private static Choice choice(String text) {
        try {
            return Choice.of(text);
        } catch (IllegalArgumentException e) {
            throw refused("must be auto, url, path, bundled or docker, not " + text);
        }
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw refused("must be a number, not " + text);
        }
    }

    private static TypeConversionException refused(String words) {
        return new TypeConversionException(words);
    }

    /** A port to listen on, 0 for a free one. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > HIGHEST_PORT) {
                throw refused("must be 0 to 65535, not " + text);
            }
            return Integer.valueOf(text);
        }
    }

    /** The URL of one Redis. */
    static final class OneRedis implements ITypeConverter<String> {
        @Override
        public String convert(String url) {
            if (hasSentinels(url, ONE_REDIS)) {
                throw refused("must name the Redis itself here, not Sentinels: " + ONE_REDIS);
            }
            return url;
        }
    }

    /** The URL of one Redis, or of Sentinels that know which leads. */
    static final class RedisOrSentinels implements ITypeConverter<String> {
        @Override
        public String convert(String url) {
            hasSentinels(url, ONE_REDIS + SENTINELS);
            return url;
        }
    }

    private static boolean hasSentinels(String url, String remedy) {
        Matcher parts = REDIS.matcher(url);
        boolean fits = parts.matches() && isUri(url);
        boolean sentinels = fits && parts.group("sentinels") != null;
        fits &= sentinels == (fits && parts.group("name") != null);
        String[] hosts = fits ? parts.group("hosts").split(",", sentinels ? -1 : 1) : new String[0];
        for (String each : hosts) {
            Matcher host = HOST.matcher(each);
            fits &= host.matches();
            if (fits && host.group("port") != null) {
                requirePort(host.group("port"));
            }
        }
        if (!fits) {
            throw refused("is no URL of a Redis: " + remedy);
        }
        return sentinels;
    }

    private static boolean isUri(String url) {
        try {
            return !new URI(url).isOpaque();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static void requirePort(String port) {
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > HIGHEST_PORT) {
            throw refused("must name a port of 1 to 65535, not " + port);
        }
    }

    /** The URL of an orchestrator. */
    static final class OrchestratorUrl implements ITypeConverter<String> {
        @Override
        public String convert(String url) {
            URI uri;
            try {
                uri = new URI(url);
            } catch (URISyntaxException e) {
                throw wrong(url);
            }
            String scheme = String.valueOf(uri.getScheme());
            String authority = uri.getRawAuthority();
            if (!(scheme.equals("http") || scheme.equals("https")) || authority == null) {
                throw wrong(url);
            }
            Matcher host = HOST.matcher(authority);
            if (!host.matches() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw wrong(url);
            }
            if (host.group("port") != null) {
                requirePort(host.group("port"));
            }
            return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        }

        private static TypeConversionException wrong(String url) {
            return refused(
                    "must be the URL of an orchestrator, http://host:port or https://host:port, not \"" + url + "\"");
        }
    }

    /** A variable of the environment that stands in for an option; one that is empty is not there. */
    static Optional<String> environment(String name, ITypeConverter<String> reader) {
        String text = System.getenv(name);
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.convert(text.strip()));
        } catch (TypeConversionException e) {
            throw Failure.usage("the environment's " + name + " " + e.getMessage());
        } catch (Exception e) {
            throw new IllegalStateException(name, e);
        }
    }
}
