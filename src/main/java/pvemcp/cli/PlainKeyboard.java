package pvemcp.cli;

/// Lines as they come, without editing: where the terminal can do no more, or is none.
record PlainKeyboard(Console console) implements Keyboard {
    @Override
    public Typed line(String sign) {
        console.out().print(sign);
        console.out().flush();
        return console.ask("").<Typed>map(Typed.Line::new).orElseGet(Typed.End::new);
    }

    @Override
    public int height() {
        return 0;
    }

    /// Ctrl-C ends the process here.
    @Override
    public void onInterrupt(Runnable action) {}

    @Override
    public void close() {}
}
