# The commands of every day; each is what stands behind it.

# what CI runs
verify:
    .ci/run

# one test class: just test GuestPowerTest
test name:
    ./mvnw -B test -Dtest='{{name}}' -Dsurefire.failIfNoSpecifiedTests=false

# format all sources (needs JAVA_HOME on a JDK 25)
fmt:
    ./mvnw -q spotless:apply

# accept changed golden files, snapshots and docs; look at the diff afterwards
update:
    ./mvnw -B test -Dupdate

# spawn to tools/list: ours, plain java, Node servers
bench rounds="21":
    bench/startup {{rounds}}

# tokens of tools/list and of the usual answers
tokens:
    bench/tokens

# an archive to unpack anywhere: the same folder ./pve-mcp runs from
dist:
    ./pve-mcp --version >&2
    rm -rf target/pve-mcp && cp -Rp target/app target/pve-mcp
    tar -czf target/pve-mcp.tar.gz -C target pve-mcp
    @echo target/pve-mcp.tar.gz

# everything of docs/guide/packages.md into target/packages, tried out
packages:
    ./mvnw -B -Ppackages verify

# the documentation as a site, in target/site-docs
site:
    ./mvnw -q -B -Psite package
    @echo target/site-docs/index.html
