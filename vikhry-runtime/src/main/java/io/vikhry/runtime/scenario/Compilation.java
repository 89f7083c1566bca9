package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles one source file in memory, against the scenario API. */
final class Compilation {
    static final List<String> OPTIONS = List.of("--release", "25", "-proc:none", "-g", "-parameters");

    private static final Pattern UNKNOWN_CLASS = Pattern.compile("^cannot find symbol, symbol: class (\\w+)");

    private Compilation() {}

    /** The class files of {@code source}, by path. */
    static SortedMap<String, byte[]> of(SourceFile source) {
        Path file = source.path();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new ScenarioException("cannot compile " + file.getFileName() + ": this Java ("
                    + System.getProperty("java.home") + ") has no compiler; run vikhry with a JDK, or give a jar");
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager standard =
                        compiler.getStandardFileManager(problems, Locale.ENGLISH, StandardCharsets.UTF_8);
                InMemory memory = new InMemory(standard)) {
            standard.setLocationFromPaths(StandardLocation.CLASS_PATH, source.classPath());
            // Without one, the compiler would look for other sources on the class path.
            standard.setLocationFromPaths(StandardLocation.SOURCE_PATH, List.of());
            boolean done = compiler.getTask(
                            null, memory, problems, OPTIONS, null, List.of(new Source(file, source.text())))
                    .call();
            if (!done) {
                throw failure(file, problems.getDiagnostics());
            }
            return memory.classes();
        } catch (IOException e) {
            throw new ScenarioException("cannot compile " + file + ": " + e.getMessage(), "", e);
        }
    }

    private static ScenarioException failure(Path file, List<Diagnostic<? extends JavaFileObject>> problems) {
        List<Diagnostic<? extends JavaFileObject>> errors = problems.stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .toList();
        if (errors.isEmpty()) {
            return new ScenarioException(file.getFileName() + " does not compile");
        }
        StringBuilder details = new StringBuilder();
        for (Diagnostic<? extends JavaFileObject> error : errors) {
            details.append(file.getFileName())
                    .append(place(error))
                    .append(": ")
                    .append(error.getMessage(Locale.ENGLISH))
                    .append('\n')
                    .append(sourceLine(error));
        }
        String first = error(errors.getFirst());
        String message = file.getFileName() + place(errors.getFirst()) + ": " + first
                + (errors.size() == 1 ? "" : " \u2014 first of " + errors.size() + " errors");
        return new ScenarioException(message, details.toString(), null);
    }

    private static String error(Diagnostic<?> error) {
        String message = error.getMessage(Locale.ENGLISH)
                .strip()
                .replaceAll("\\s*\\R\\s*", ", ")
                .replaceAll("[ \\t]+", " ");
        Matcher unknown = UNKNOWN_CLASS.matcher(message);
        return unknown.find() && isOfApi(unknown.group(1)) ? message + ": add import io.vikhry.api.*;" : message;
    }

    private static boolean isOfApi(String simpleName) {
        return VU.class.getResource(simpleName + ".class") != null;
    }

    private static String place(Diagnostic<?> problem) {
        return problem.getLineNumber() == Diagnostic.NOPOS ? "" : ":" + problem.getLineNumber();
    }

    /** The line of the source with a mark below the column, or nothing where there is no such line. */
    private static String sourceLine(Diagnostic<? extends JavaFileObject> problem) {
        JavaFileObject source = problem.getSource();
        if (source == null || problem.getLineNumber() == Diagnostic.NOPOS) {
            return "";
        }
        try {
            String line = source.getCharContent(true)
                    .toString()
                    .lines()
                    .skip(problem.getLineNumber() - 1)
                    .findFirst()
                    .orElse("")
                    .replace('\t', ' ');
            int column = (int) Math.max(0, problem.getColumnNumber() - 1);
            return "    " + line + "\n    " + " ".repeat(column) + "^\n";
        } catch (IOException e) {
            // The message alone is enough where the file has gone since.
            return "";
        }
    }

    /** What was read, for the compiler: the file may have been changed since. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Path file, String text) {
            super(file.toUri(), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Keeps the compiler's output in memory. */
    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final List<ClassFile> written = new ArrayList<>();

        InMemory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            ClassFile file = new ClassFile(className, kind);
            written.add(file);
            return file;
        }

        SortedMap<String, byte[]> classes() {
            SortedMap<String, byte[]> classes = new TreeMap<>();
            for (ClassFile file : written) {
                classes.put(file.path, file.bytes());
            }
            return classes;
        }
    }

    private static final class ClassFile extends SimpleJavaFileObject {
        final String path;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        ClassFile(String className, JavaFileObject.Kind kind) {
            super(URI.create("memory:///" + className.replace('.', '/') + kind.extension), kind);
            this.path = className.replace('.', '/') + kind.extension;
        }

        @Override
        public OutputStream openOutputStream() {
            return out;
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
