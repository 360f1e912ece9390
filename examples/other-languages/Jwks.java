import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Java 业务服务，离线验签：只取公钥，不逐个请求询问，所以看不到注销，令牌要到期才失效。只用 JDK，17.0.3 及以上。
 * A business server in Java that verifies offline: it fetches public keys and asks nothing per
 * request. So it sees no log-out: a token holds until it expires. Nothing but the JDK, 17.0.3 or
 * newer: older ones of 15 to 17 take a signature of zeros (CVE-2022-21449).
 *
 *   JWKS_URL=http://127.0.0.1:3000/.well-known/jwks.json APPID=wx… PORT=8080 java Jwks.java
 */
public final class Jwks {
    private static final URI JWKS = URI.create(System.getenv("JWKS_URL"));
    private static final String APPID = System.getenv("APPID");
    private static final long KEPT_MS = 300_000; // Cache-Control: max-age=300
    private static final long PAUSE_MS = 1_000; // 陌生的 kid 不能引来洪水 / strange kids bring no flood

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    private static Map<String, PublicKey> keys = Map.of();
    private static long askedAt = Long.MIN_VALUE / 2;
    private static long gotAt = Long.MIN_VALUE / 2;

    /** The key of a kid. Asks again when the keys are old, or when the kid is new. */
    private static synchronized Optional<PublicKey> keyOf(String kid) throws IOException, InterruptedException {
        long now = System.nanoTime() / 1_000_000;
        boolean isWanted = !keys.containsKey(kid) || now - gotAt > KEPT_MS;
        if (isWanted && now - askedAt > PAUSE_MS) {
            askedAt = now;
            try {
                keys = fetchKeys();
                gotAt = now;
            } catch (IOException | GeneralSecurityException error) {
                // 取不到就沿用旧的 / what is known goes on being used
                System.err.println("public keys: " + error);
            }
        }
        if (keys.isEmpty()) throw new IOException("no public key yet");
        return Optional.ofNullable(keys.get(kid));
    }

    private static Map<String, PublicKey> fetchKeys()
            throws IOException, InterruptedException, GeneralSecurityException {
        HttpRequest request = HttpRequest.newBuilder(JWKS).timeout(Duration.ofSeconds(2)).build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("HTTP " + response.statusCode());
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec p256 = curve.getParameterSpec(ECParameterSpec.class);
        Map<String, PublicKey> found = new HashMap<>();
        Matcher object = Pattern.compile("\\{[^{}]*}").matcher(response.body());
        while (object.find()) {
            Map<String, String> jwk = readFlatJson(object.group());
            if (!"P-256".equals(jwk.get("crv")) || !"ES256".equals(jwk.get("alg"))) continue;
            ECPoint point = new ECPoint(number(jwk.get("x")), number(jwk.get("y")));
            found.put(jwk.get("kid"),
                    KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, p256)));
        }
        return found;
    }

    private static BigInteger number(String base64url) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(base64url));
    }

    // 算法写死：令牌自己说的 alg 不作数 / the algorithm is fixed: a token has no say in it
    private static final Pattern HEADER =
            Pattern.compile("\\{\"alg\":\"ES256\",\"typ\":\"mpl\\+jwt\",\"kid\":\"([\\w-]{43})\"}");

    /** The claims of a token that holds; empty for any other. IOException while no key is known. */
    static Optional<Map<String, String>> verify(String token) throws IOException, InterruptedException {
        String[] parts = token.split("\\.", -1);
        if (token.length() > 4096 || parts.length != 3) return Optional.empty();
        try {
            Matcher header = HEADER.matcher(decode(parts[0]));
            if (!header.matches()) return Optional.empty();
            Optional<PublicKey> key = keyOf(header.group(1));
            if (key.isEmpty()) return Optional.empty();
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initVerify(key.get());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!signature.verify(Base64.getUrlDecoder().decode(parts[2]))) return Optional.empty();
            Map<String, String> claims = readFlatJson(decode(parts[1]));
            long now = System.currentTimeMillis() / 1000;
            boolean holds = "miniprogram-login".equals(claims.get("iss"))
                    && APPID.equals(claims.get("aud"))
                    && Long.parseLong(claims.get("exp")) > now
                    && Long.parseLong(claims.get("iat")) <= now + 60;
            return holds ? Optional.of(claims) : Optional.empty();
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static String decode(String base64url) {
        return new String(Base64.getUrlDecoder().decode(base64url), StandardCharsets.UTF_8);
    }

    private static final Pattern FIELD =
            Pattern.compile("\"([^\"\\\\]*)\":(?:\"([^\"\\\\]*)\"|(true|false|-?[0-9]+))");

    /** Enough for the flat objects that the login service writes; else use Jackson or Gson. */
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
            Optional<Map<String, String>> claims = verify(authorization.substring(7).strip());
            if (claims.isEmpty()) answer(exchange, 401, "{\"error\":\"token_invalid\"}");
            // openid 密封在令牌里，这里看不到 / the openid is sealed in the token and cannot be seen here
            else answer(exchange, 200, "{\"user_id\":\"" + claims.get().get("sub") + "\"}");
        } catch (IOException | InterruptedException error) {
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
        server.createContext("/", Jwks::orders);
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }
}
