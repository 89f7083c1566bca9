package io.vikhry.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import org.slf4j.Logger;

/**
 * What is logged, and where to. In Java and not in XML, whose parser and interpreter were six of each hundred classes of a start.
 * Found by Logback as a service; steps back for a {@code logback.configurationFile}.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** A system property: the level of our own messages. */
    static final String LEVEL = "vikhry.log.level";

    /** A system property: the file for messages, in place of standard error. */
    static final String FILE = "vikhry.log.file";

    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n";

    /** By the service loader. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext logs) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        String file = System.getProperty(FILE);
        logs.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        // Says each attempt to reconnect; what it means is said once, by those who use the connection.
        logs.getLogger("io.lettuce.core.protocol").setLevel(Level.ERROR);
        logs.getLogger("io.vikhry")
                .setLevel(Level.toLevel(System.getProperty(LEVEL), file == null ? Level.WARN : Level.INFO));
        OutputStreamAppender<ILoggingEvent> out = file == null ? standardError() : file(file);
        if (file != null) {
            // Logback's words about itself are not for whoever reads the command's output.
            logs.getStatusManager().add(new NopStatusListener());
        }
        PatternLayoutEncoder lines = new PatternLayoutEncoder();
        lines.setContext(logs);
        lines.setPattern(PATTERN);
        lines.start();
        out.setContext(logs);
        out.setEncoder(lines);
        out.start();
        logs.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(out);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static OutputStreamAppender<ILoggingEvent> standardError() {
        ConsoleAppender<ILoggingEvent> err = new ConsoleAppender<>();
        err.setName("err");
        err.setTarget("System.err");
        return err;
    }

    private static OutputStreamAppender<ILoggingEvent> file(String path) {
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setName("file");
        file.setFile(path);
        return file;
    }
}
