package pvemcp.tool;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What an input of a tool, or a column of its answer, means. Everyone who has to fill it in reads only this.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE, ElementType.FIELD})
public @interface Doc {
    /// One short sentence, without the name and the type, which stand beside it; empty where the kind says it all.
    String value() default "";

    /// The value where none is given, written as a caller would write it; empty: there is none.
    String or() default "";

    /// What a text names, where its type does not say so: a node, a storage, an API path.
    Kind kind() default Kind.TEXT;

    /// The values of a text that are mostly wanted, where others are taken too.
    String[] usual() default {};

    /// Whether name, type and default tell a model enough: what is said here then stands in the docs and the help
    /// only, since a definition is paid for with every turn.
    boolean obvious() default false;

    /// Whether the text is a content of its own, such as a file's: nothing is stripped from it, nothing is split at
    /// commas, and all characters but NUL are taken.
    boolean exact() default false;

    /// The least and the greatest number that is taken.
    long min() default Long.MIN_VALUE;

    long max() default Long.MAX_VALUE;
}
