package io.vikhry.runtime.scenario;

import java.nio.file.Path;

/**
 * A scenario as it travels: a zip of class files and {@code vikhry-bundle.properties}, named by its SHA-256. The same classes
 * give the same bytes, whenever and wherever it is made. Immutable.
 */
public final class ScenarioBundle {
    private ScenarioBundle() {}

    /**
     * The bundle of what {@code spec} names: {@code ShopVU.java}, {@code Shop.java:ShopVU} or
     * {@code app.jar:com.acme.ShopVU}; relative paths start at the working directory.
     *
     * @throws ScenarioException if it does not exist, does not compile or holds no scenario
     */
    public static ScenarioBundle of(String spec) {
        return of(spec, Path.of(""));
    }

    /** As {@link #of(String)}, relative to {@code directory}. */
    public static ScenarioBundle of(String spec, Path directory) {
        throw new UnsupportedOperationException(spec + directory);
    }

    /** As {@link #of(String)}, for a file that holds one scenario. */
    public static ScenarioBundle of(Path file) {
        return of(file.toString());
    }

    /** Reads what {@link #bytes} gave. */
    public static ScenarioBundle read(byte[] bytes) {
        throw new UnsupportedOperationException(bytes.length + "");
    }

    /**
     * As {@link #read(byte[])}, for bytes that came from elsewhere.
     *
     * @throws ScenarioException if their SHA-256 is not {@code digest}
     */
    public static ScenarioBundle read(byte[] bytes, String digest) {
        throw new UnsupportedOperationException(bytes.length + digest);
    }

    /** The zip; a copy. */
    public byte[] bytes() {
        throw new UnsupportedOperationException();
    }

    /** SHA-256 of {@link #bytes}, 64 lower-case hex digits. */
    public String digest() {
        throw new UnsupportedOperationException();
    }

    /** The binary name of the VU class. */
    public String vuClass() {
        throw new UnsupportedOperationException();
    }

    /** The name of the file it came from, without its directory. */
    public String sourceName() {
        throw new UnsupportedOperationException();
    }
}
