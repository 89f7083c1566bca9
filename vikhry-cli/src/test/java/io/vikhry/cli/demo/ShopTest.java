package io.vikhry.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class ShopTest {
    @Test
    void itCountsEveryRequestButNotThoseForItsCounts() throws Exception {
        try (Shop shop = Shop.start(0, 1);
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(status(client, shop, "GET", "/catalog", "", "")).isEqualTo(200);
            assertThat(status(client, shop, "POST", "/auth", "", "{\"username\":\"u\",\"password\":\"p\"}"))
                    .isEqualTo(200);
            assertThat(status(client, shop, "POST", "/orders", "", "{}")).isEqualTo(401);
            assertThat(status(client, shop, "POST", "/orders", "Bearer t-u", "{}"))
                    .isEqualTo(201);
            assertThat(status(client, shop, "GET", "/nowhere", "", "")).isEqualTo(404);
            assertThat(status(client, shop, "GET", "/_stats", "", "")).isEqualTo(200);
            String stats = client.send(
                            HttpRequest.newBuilder(URI.create(shop.url() + "/_stats"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            assertThat(stats)
                    .contains(
                            "\"total\":5", "\"GET /catalog 200\":1", "\"POST /orders 401\":1", "\"GET /nowhere 404\":1")
                    .doesNotContain("_stats");
        }
    }

    private static int status(HttpClient client, Shop shop, String method, String path, String token, String body)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(shop.url() + path)).method(method, BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", token);
        }
        return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
}
