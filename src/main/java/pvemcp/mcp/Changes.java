package pvemcp.mcp;

/// Where those who change something tell of it; whoever has asked to know is told. Safe for several threads.
interface Changes {
    void toolsChanged();

    void promptsChanged();

    void resourcesChanged();

    void resourceUpdated(String uri);
}
