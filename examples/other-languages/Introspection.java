import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Java 业务服务，没有网关：每个请求问一次 /internal/introspect，注销立即生效。只用 JDK，17 及以上。
 * A business server in Java without a gateway: it asks /internal/introspect at each request, so that
 * a log-out holds at once. Nothing but the JDK, 17 or newer.
 *
 *   LOGIN_URL=http://127.0.0.1:3000 INTERNAL_TOKEN=… PORT=8080 java Introspection.java
 */
public final class Introspection {
    private static final URI INTROSPECT = URI.create(System.getenv("LOGIN_URL") + "/internal/introspect");
    private static final String INTERNAL_TOKEN = System.getenv("INTERNAL_TOKEN");
    // 连接会被重用；不走代理 / connections are kept; no proxy
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    /** What is known of a token; empty when it does not hold. IOException when nobody can say. */
    static Optional<Map<String, String>> introspect(String token) throws IOException, InterruptedException {
        String form = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(INTROSPECT)
                .timeout(Duration.ofSeconds(2))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Internal-Token", INTERNAL_TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("HTTP " + response.statusCode());
        Map<String, String> found = readFlatJson(response.body());
        if (!found.containsKey("active")) throw new IOException("no answer of RFC 7662: is LOGIN_URL right?");
        return "true".equals(found.get("active")) ? Optional.of(found) : Optional.empty();
    }

    private static final Pattern FIELD =
            Pattern.compile("\"([^\"\\\\]*)\":(?:\"([^\"\\\\]*)\"|(true|false|-?[0-9]+))");

    /** Enough for the one flat object that the login service writes; else use Jackson or Gson. */
    static Map<String, String> readFlatJson(String text) {
        Map<String, String> fields = new HashMap<>();
        FIELD.matcher(text).results().forEach(field ->
                fields.put(field.group(1), field.group(2) != null ? field.group(2) : field.group(3)));
        return fields;
    }

    private static void orders(HttpExchange exchange) throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                || authorization.substring(7).isBlank()) {
            answer(exchange, 401, "{\"error\":\"token_missing\"}");
            return;
        }
        try {
            Optional<Map<String, String>> found = introspect(authorization.substring(7).strip());
            if (found.isEmpty()) answer(exchange, 401, "{\"error\":\"token_invalid\"}");
            else answer(exchange, 200, "{\"user_id\":\"" + found.get().get("sub")
                    + "\",\"openid\":\"" + found.get().get("openid") + "\"}");
        } catch (IOException | InterruptedException error) {
            // 问不到不等于没登录，更不能放行 / not asked is not “not logged in”, and never a pass
            System.err.println("login service: " + error);
            exchange.getResponseHeaders().set("Retry-After", "2");
            answer(exchange, 503, "{\"error\":\"unavailable\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (status == 401) exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", Introspection::orders);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }
}
