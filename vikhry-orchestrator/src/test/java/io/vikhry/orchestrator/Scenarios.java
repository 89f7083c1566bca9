package io.vikhry.orchestrator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A scenario with parameters of several types, one of them required, and a pool. */
final class Scenarios {
    private Scenarios() {}

    static String shop(Path directory) throws IOException {
        return Files.writeString(directory.resolve("ShopVU.java"), """
                        import io.vikhry.api.*;
                        import java.net.URI;

                        public class ShopVU extends VU {
                            public enum Mode { FAST, SLOW }

                            @Param(description = "Base URL") URI baseUrl = URI.create("http://127.0.0.1:9000");
                            @Param int size = 3;
                            @Param Mode mode = Mode.FAST;
                            @Param String token;

                            public record Account(String name) {}

                            @Resource("users")
                            static Account account(ResourceContext ctx) {
                                return new Account("user-" + ctx.id());
                            }

                            @Step(weight = 3, every = "200ms..1s")
                            void catalog() {}

                            @Step(requires = "catalog", timeout = "5s")
                            void buy() {}
                        }
                        """).toString();
    }
}
