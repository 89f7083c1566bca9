package io.vikhry.cli.screen;

import java.io.PrintStream;

/** Where a command writes for people: colours and a line that rewrites itself on a terminal, plain lines elsewhere. */
public final class Screen {
    private static final String ERASE = "\r\u001b[K";
    /** Without it, a line wider than the terminal would go on in the next one, and only that could be taken away again. */
    private static final String CLIP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintStream out;
    private final boolean terminal;
    private final boolean colours;
    private boolean liveShown;

    private Screen(PrintStream out, boolean terminal, boolean colours) {
        this.out = out;
        this.terminal = terminal;
        this.colours = colours;
    }

    /** Standard output; colours unless NO_COLOR is set or TERM is dumb. */
    public static Screen standard() {
        var console = System.console();
        boolean terminal = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
        String noColor = System.getenv("NO_COLOR");
        return new Screen(System.out, terminal, terminal && (noColor == null || noColor.isEmpty()));
    }

    /** A terminal without colours that shows {@code out}. */
    static Screen terminal(PrintStream out) {
        return new Screen(out, true, false);
    }

    /** Plain lines on {@code out}. */
    static Screen plain(PrintStream out) {
        return new Screen(out, false, false);
    }

    /** Whether it is a terminal. */
    public boolean terminal() {
        return terminal;
    }

    /** A line that stays. */
    public void line(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** The line that is rewritten; on a terminal only. */
    public void live(String text) {
        if (terminal) {
            out.print(ERASE + CLIP + text + WRAP);
            out.flush();
            liveShown = true;
        }
    }

    /** Takes the live line away. */
    public void clear() {
        if (liveShown) {
            out.print(ERASE);
            out.flush();
            liveShown = false;
        }
    }

    /** Of less weight than the rest. */
    public String dim(String text) {
        return coloured("2", text);
    }

    /** Of more weight than the rest. */
    public String bold(String text) {
        return coloured("1", text);
    }

    /** Bad news. */
    public String red(String text) {
        return coloured("31", text);
    }

    /** Good news. */
    public String green(String text) {
        return coloured("32", text);
    }

    /** For what is not quite as it should be. */
    public String yellow(String text) {
        return coloured("33", text);
    }

    private String coloured(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
