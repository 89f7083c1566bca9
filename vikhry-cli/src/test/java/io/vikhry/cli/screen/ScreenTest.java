package io.vikhry.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);

    @Test
    void aLiveLineIsClippedAndLeavesNothingBehind() {
        Screen screen = Screen.terminal(out);

        screen.live("wider than the terminal");
        screen.line("stays");

        assertThat(shown.toString(StandardCharsets.UTF_8))
                .isEqualTo("\r\u001b[K\u001b[?7lwider than the terminal\u001b[?7h\r\u001b[Kstays"
                        + System.lineSeparator());
    }

    @Test
    void whereNothingCanBeTakenAwayThereIsNoLiveLine() {
        Screen screen = Screen.plain(out);

        screen.live("now");
        screen.line("stays");

        assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("stays" + System.lineSeparator());
    }
}
