class PveMcp < Formula
  desc "MCP server for Proxmox VE"
  homepage "@home@"
  url "@home@/releases/download/v@version@/@portable@.tar.gz"
  sha256 "@sha256@"
  license "MIT"

  depends_on "openjdk"

  def install
    libexec.install Dir["*", ".claude-plugin", ".mcp.json"]
    java = Language::Java.java_home
    # By a path that outlives upgrades, as the entries do that `pve-mcp setup` writes for clients.
    (bin/"pve-mcp").write_env_script opt_libexec/"pve-mcp", PVE_MCP_JAVA_HOME: "${PVE_MCP_JAVA_HOME:-#{java}}"
    # The start-up cache, while its folder may still be written.
    system libexec/"prepare", "cache", libexec, libexec, java
  end

  test do
    assert_match "pve-mcp #{version}", shell_output("#{bin}/pve-mcp --version")
    assert_match "web", shell_output("#{bin}/pve-mcp call guest_list --demo")
  end
end
