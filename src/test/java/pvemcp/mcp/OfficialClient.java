package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// The official Java SDK's client as a judge of the legacy era.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class OfficialClient {
    private final BlockingQueue<McpSchema.ProgressNotification> progress = new LinkedBlockingQueue<>();
    private final AtomicReference<ElicitResult> answer = new AtomicReference<>();
    private McpSyncClient client;

    /// The way to a [Workshop].
    abstract McpClientTransport transport() throws IOException;

    /// Ends what [#transport] started, once the client has gone.
    void stop() {}

    @BeforeAll
    void connect() throws IOException {
        client = McpClient.sync(transport())
                .requestTimeout(Duration.ofSeconds(60))
                .initializationTimeout(Duration.ofSeconds(60))
                .capabilities(McpSchema.ClientCapabilities.builder()
                        .elicitation(true, false)
                        .build())
                .elicitation(_ -> answer.get())
                .progressConsumer(progress::add)
                .enableCallToolSchemaCaching(true)
                .build();
        client.initialize();
    }

    @AfterAll
    void disconnect() {
        assertThat(client.closeGracefully()).isTrue();
        stop();
    }

    private CallToolResult call(String tool, Map<String, Object> arguments) {
        return client.callTool(
                CallToolRequest.builder(tool).arguments(arguments).build());
    }

    private static String text(CallToolResult result) {
        return ((TextContent) result.content().getFirst()).text();
    }

    @Test
    void the_handshake_tells_what_there_is() {
        var agreed = client.getCurrentInitializationResult();
        assertThat(agreed.protocolVersion()).isEqualTo("2025-11-25");
        assertThat(agreed.serverInfo().name()).isEqualTo("pve-mcp");
        assertThat(agreed.instructions()).isEqualTo("Be careful.");
        assertThat(agreed.capabilities().tools()).isNotNull();
        assertThat(agreed.capabilities().completions()).isNotNull();
        assertThat(client.ping()).isNotNull();
    }

    @Test
    void lists_are_read() {
        assertThat(client.listTools().tools())
                .extracting(McpSchema.Tool::name)
                .startsWith("echo", "slow", "steps")
                .hasSize(9);
        assertThat(client.listTools().tools().getFirst().annotations().readOnlyHint())
                .isTrue();
        assertThat(client.listResources().resources()).hasSize(1);
        assertThat(client.listResourceTemplates().resourceTemplates()).hasSize(1);
        assertThat(client.listPrompts().prompts().getFirst().arguments()).hasSize(2);
    }

    @Test
    void calls_are_answered() {
        assertThat(text(call("echo", Map.of("text", "grüße")))).isEqualTo("grüße");
        assertThat(call("picture", Map.of()).content()).last().isInstanceOf(McpSchema.ImageContent.class);
    }

    @Test
    void a_structured_answer_passes_the_clients_check_of_its_schema() {
        client.listTools();
        assertThat(call("measure", Map.of()).structuredContent()).isEqualTo(Map.of("degrees", 21));
    }

    @Test
    void failures_are_results_and_protocol_errors_are_errors() {
        var failed = call("failing", Map.of());
        assertThat(failed.isError()).isTrue();
        assertThat(text(failed)).isEqualTo("error locked: VM is locked (backup)\nhint: wait for that task");
        assertThatThrownBy(() -> call("no_such_tool", Map.of()))
                .isInstanceOf(McpError.class)
                .hasMessageContaining("Unknown tool");
        assertThatThrownBy(() -> client.readResource(
                        McpSchema.ReadResourceRequest.builder("pve://nothing").build()))
                .isInstanceOf(McpError.class)
                .hasMessageContaining("Resource not found");
    }

    @Test
    void progress_arrives() throws InterruptedException {
        client.callTool(
                CallToolRequest.builder("steps").progressToken("token-1").build());
        var messages = new ArrayList<String>();
        for (int i = 0; i < 4; i++) {
            messages.add(progress.poll(60, TimeUnit.SECONDS).message());
        }
        // This client hands notifications to several threads; that they leave in order is for the transcripts to
        // show. The last one has no words.
        assertThat(messages).containsExactlyInAnyOrder("starting", "half way", "still half way", null);
    }

    @Test
    void the_user_decides_about_a_held_call() {
        answer.set(new ElicitResult(ElicitResult.Action.ACCEPT, Map.of("approve", true)));
        assertThat(text(call("stop", Map.of()))).startsWith("stopped for ");
        answer.set(new ElicitResult(ElicitResult.Action.DECLINE, Map.of()));
        assertThat(text(call("stop", Map.of()))).startsWith("refused by user");
    }

    @Test
    void resources_prompts_and_completions_are_read() {
        var read = client.readResource(
                McpSchema.ReadResourceRequest.builder("pve://guest/web").build());
        assertThat(((McpSchema.TextResourceContents) read.contents().getFirst()).text())
                .isEqualTo("all about pve://guest/web");
        var prompt = client.getPrompt(McpSchema.GetPromptRequest.builder("explain")
                .arguments(Map.of("guest", "web"))
                .build());
        assertThat(prompt.messages()).hasSize(1);
        var argument = new McpSchema.CompleteRequest.CompleteArgument("guest", "we");
        var completion = client.completeCompletion(
                McpSchema.CompleteRequest.builder(new McpSchema.PromptReference("explain"), argument)
                        .build());
        assertThat(completion.completion().values()).isEqualTo(List.of("we-guest", "we-other"));
        client.setLoggingLevel(McpSchema.LoggingLevel.ERROR);
    }
}
