import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens what the service sealed, from docs/crypto.md alone and with nothing but Java's own library:
 * {@code java Opener.java}, then on standard input, a line each: the secret, the sealed text, and
 * the additional data in base64. Prints the text, or "closed" where it does not open.
 */
public class Opener {
    public static void main(String[] args) throws Exception {
        String[] lines = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
        for (int i = 0; i + 2 < lines.length; i += 3) {
            byte[] aad = Base64.getDecoder().decode(lines[i + 2].trim());
            System.out.println(open(lines[i].getBytes(StandardCharsets.UTF_8), lines[i + 1], aad));
        }
    }

    static String open(byte[] secret, String sealed, byte[] aad) throws Exception {
        int dot = sealed.indexOf('.');
        byte[] kid = hkdf(secret, "miniprogram-login kid v1", 6);
        if (!Base64.getUrlEncoder().withoutPadding().encodeToString(kid).equals(sealed.substring(0, dot))) {
            return "closed";
        }
        byte[] key = hkdf(secret, "miniprogram-login seal v1", 32);
        byte[] bytes = Base64.getUrlDecoder().decode(sealed.substring(dot + 1));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"),
            new GCMParameterSpec(128, Arrays.copyOf(bytes, 12)));
        cipher.updateAAD(aad);
        try {
            byte[] text = cipher.doFinal(bytes, 12, bytes.length - 12);
            return new String(text, StandardCharsets.UTF_8);
        } catch (javax.crypto.AEADBadTagException refused) {
            return "closed";
        }
    }

    /** RFC 5869 with SHA-256, an empty salt, and at most one block of output. */
    static byte[] hkdf(byte[] input, String info, int length) throws Exception {
        byte[] extracted = hmac(new byte[32], input);
        byte[] block = info.getBytes(StandardCharsets.UTF_8);
        block = Arrays.copyOf(block, block.length + 1);
        block[block.length - 1] = 1;
        return Arrays.copyOf(hmac(extracted, block), length);
    }

    static byte[] hmac(byte[] key, byte[] text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }
}
