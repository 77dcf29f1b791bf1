import module java.base;

/// What of Java's modules the runtime image does without: classes that load only with something we never do. Writes
/// patterns for `jlink --exclude-resources`, a line for each package, from the JDK it runs on.
private static final Pattern NEVER = Pattern.compile("/(%s)".formatted(String.join("|",
        // Parsers of XML, and what transforms and validates it: H2 and PostgreSQL would hand out values as such.
        "java\\.xml/(com/sun|jdk/xml/internal)/.*",
        // Windows and what is in them: charts are drawn without a screen.
        "java\\.desktop/(javax/swing/(?!event/)|com/sun/java/swing/|com/sun/beans/|sun/swing/|sun/awt/X11/).*",
        // Sound and printers.
        "java\\.desktop/(com/sun/media/|javax/sound/|javax/print/|sun/print/).*",
        // Pictures other than PNG, but for the lists of kinds there are.
        "java\\.desktop/com/sun/imageio/plugins/(bmp|gif|jpeg|tiff|wbmp)/(?!\\w+Spi\\.|JPEG\\.).*",
        "java\\.desktop/javax/imageio/plugins/.*",
        // Fonts of an X server, and the colours of Photo CDs.
        "java\\.desktop/sun/(font/X11|java2d/cmm/profiles/PYCC).*",
        // keytool.
        "java\\.base/sun/security/tools/.*")));

/// These go by a pattern for all modules.
private static final Pattern TRANSLATED = Pattern.compile(".*_[a-z]{2}(_[A-Z]{2})?[.](class|properties)");

void main(String[] args) throws IOException {
    var packages = new TreeMap<String, List<Path>>();
    var modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    for (var module : List.of("java.base", "java.desktop", "java.xml")) {
        try (var files = Files.walk(modules.resolve(module))) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> packages.computeIfAbsent(resource(file.getParent()), _ -> new ArrayList<>())
                            .add(file));
        }
    }
    var lines = new ArrayList<String>();
    for (var folder : packages.entrySet()) {
        var names = new StringJoiner("|", "(", ")");
        for (var file : leftOut(folder.getValue())) {
            names.add(Pattern.quote(file.getFileName().toString()));
        }
        if (names.length() > "()".length()) {
            lines.add("regex:%s/%s".formatted(Pattern.quote(folder.getKey()), names));
        }
    }
    var patterns = Path.of(args[0]);
    Files.createDirectories(patterns.getParent());
    Files.write(patterns, lines);
}

/// jlink takes no module of which a package has become empty: where all would go, the smallest file stays.
private static List<Path> leftOut(List<Path> files) throws IOException {
    var leftOut = new ArrayList<Path>();
    Path smallest = files.getFirst();
    for (var file : files) {
        if (NEVER.matcher(resource(file)).matches()) {
            leftOut.add(file);
        }
        if (!TRANSLATED.matcher(file.toString()).matches() && Files.size(file) < Files.size(smallest)) {
            smallest = file;
        }
    }
    if (leftOut.size() == files.size()) {
        leftOut.remove(smallest);
    }
    return leftOut;
}

/// As jlink calls it: module, package and name.
private static String resource(Path file) {
    return file.toString().substring("/modules".length());
}
