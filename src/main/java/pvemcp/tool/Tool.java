package pvemcp.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pvemcp.schema.ApiSchema;

/// One thing a model can ask for. This value is all there is to know about it.
///
/// @param name `pve_<noun>_<verb>`, at most 32 characters of `[a-z0-9_]`
/// @param doc the first sentence says what it does, the second when to use it
/// @param tier the most it can do; a call's own values may lower it ([Tiered]), never raise it
/// @param shape the record whose components are its inputs
/// @param structured the record its answer is also given as, for programs ([#structured]); empty for most
public record Tool<C extends Record & Call<?>>(
        String name, String doc, Tier tier, Class<C> shape, Optional<Class<? extends Record>> structured) {
    private Tool(String name, String doc, Tier tier, Class<C> shape) {
        this(name, doc, tier, shape, Optional.empty());
    }

    public static <C extends Record & Call<?>> Tool<C> read(String name, String doc, Class<C> shape) {
        return new Tool<>(name, doc, Tier.READ, shape);
    }

    public static <C extends Record & Call<?>> Tool<C> operate(String name, String doc, Class<C> shape) {
        return new Tool<>(name, doc, Tier.OPERATE, shape);
    }

    public static <C extends Record & Call<?>> Tool<C> change(String name, String doc, Class<C> shape) {
        return new Tool<>(name, doc, Tier.CHANGE, shape);
    }

    public static <C extends Record & Call<?>> Tool<C> destroy(String name, String doc, Class<C> shape) {
        return new Tool<>(name, doc, Tier.DESTROY, shape);
    }

    public static <C extends Record & Call<?>> Tool<C> execute(String name, String doc, Class<C> shape) {
        return new Tool<>(name, doc, Tier.EXECUTE, shape);
    }

    /// The same tool, whose answer is `structuredContent` too, by a declared `outputSchema`. Both cost tokens, and
    /// some clients hand the model text and structure alike: worth it where a program goes on with the answer, such
    /// as an id.
    public Tool<C> structured(Class<? extends Record> answer) {
        return new Tool<>(name, doc, tier, shape, Optional.of(answer));
    }

    /// Derived from the shape on first use.
    public Inputs<C> inputs() {
        return Inputs.of(shape);
    }

    /// The inputs of the call itself, then those every tool of its tier takes besides ([Reserved]).
    public List<Param> params() {
        var params = new ArrayList<>(inputs().params());
        params.addAll(Reserved.of(tier));
        return params;
    }

    /// The tier of this very call. The schema is asked for only where the call needs it to know.
    public Tier tierOf(C call, Supplier<ApiSchema> schema) {
        if (!(call instanceof Tiered tiered)) {
            return tier;
        }
        var wanted = tiered.tier(schema.get());
        if (wanted.compareTo(tier) > 0) {
            throw new IllegalStateException("%s declares %s, but a call of it is %s".formatted(name, tier, wanted));
        }
        return wanted;
    }

    /// A call whose own values decide how much it can do, up to what its tool declares.
    public interface Tiered {
        Tier tier(ApiSchema schema);
    }
}
