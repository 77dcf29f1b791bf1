package pvemcp.text;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

/// Why something could not be read, written or reached: what the JDK says is often a path or a host and no word more.
public final class Reason {
    private Reason() {}

    /// With the file that it is about.
    public static String of(IOException e) {
        return e instanceof FileSystemException about && about.getFile() != null
                ? about.getFile() + ": " + alone(e)
                : alone(e);
    }

    /// Where the file has been named already.
    public static String alone(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it does not exist";
            case FileAlreadyExistsException _ -> "something else is in its place";
            case NotDirectoryException _ -> "it is no directory";
            case FileSystemException about when about.getReason() != null -> about.getReason();
            case CharacterCodingException _ -> "it is not text in UTF-8";
            case UnknownHostException unknown -> "no such host: " + unknown.getMessage();
            default -> Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
        };
    }
}
