/* nc_log_graph: the model as TensorBoard draws it, and the .net file as a text. */
#include <stdio.h>
#include <stdlib.h>

#include "parts.h"

struct graph {
    struct nc_log_part part;
    const struct nc_node *nodes;
    int count;
    const int *edges;
};

/* The file as Markdown, in which lines that begin with four spaces stay as they are. */
static char *text_of(struct nc_run *run)
{
    char *text;
    size_t size;
    FILE *to = nc_memory_stream(run, &text, &size, "the log");
    for (int i = 0; i < run->text_lines; i++)
        fprintf(to, "    %s\n", run->text[i]);
    fclose(to);
    return text;
}

static void open_graph(struct nc_run *run, void *own)
{
    const struct graph *graph = own;
    struct nc_event_record *record = nc_log_record(run);
    char tag[512];
    nc_log_write(run, nc_event_graph(record, nc_log_time(), graph->nodes, graph->count, graph->edges));
    record = nc_log_record(run);
    if (record == NULL)
        return;
    snprintf(tag, sizeof tag, "%s/text_summary", run->model->file);
    char *text = text_of(run);
    nc_log_write(run, nc_event_text(record, nc_log_time(), 0, tag, text));
    free(text);
}

static void close_graph(void *own)
{
    free(own);
}

void nc_log_graph(struct nc_run *run, const struct nc_node *nodes, int count, const int *edges)
{
    struct graph *graph = nc_memory(run, 1, sizeof *graph, "the log");
    *graph = (struct graph){.nodes = nodes, .count = count, .edges = edges};
    graph->part = (struct nc_log_part){.open = open_graph, .close = close_graph, .own = graph};
    nc_log_add(run, &graph->part);
}
