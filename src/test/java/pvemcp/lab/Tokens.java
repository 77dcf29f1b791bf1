package pvemcp.lab;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/// How many tokens a text costs a model, as o200k counts them.
public final class Tokens {
    private static final Encoding O200K = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

    private Tokens() {}

    public static int count(String text) {
        return O200K.countTokensOrdinary(text);
    }
}
