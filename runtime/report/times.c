/* The profile: where a step's time goes, layer by layer and kernel by kernel. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { PASSES = 3, MOST_ROWS = 100000 };

struct layer {
    const char *name;
    long long line;
    double seconds[PASSES], all;
};

static const cJSON *profile_of(const struct nc_report_run *r)
{
    return r->record != NULL ? nc_json_member(r->record, "profile") : NULL;
}

static int has_times(const struct nc_report_run *r)
{
    return nc_json_is(nc_json_member(profile_of(r), "rows"), cJSON_Array);
}

static const char *text_or(const cJSON *item, const char *name, const char *otherwise)
{
    const char *text = nc_json_string(item, name);
    return text != NULL && text[0] != '\0' ? text : otherwise;
}

/* Forward with the loss, backward, all else. */
static int pass_of(const cJSON *row)
{
    const char *pass = text_or(row, "pass", "");
    return strcmp(pass, "forward") == 0 || strcmp(pass, "loss") == 0 ? 0 : strcmp(pass, "backward") == 0 ? 1 : 2;
}

/* What kernels of the same layers take together. */
static int add_up(const cJSON *rows, struct layer *layers)
{
    const cJSON *row;
    int count = 0, read = 0;
    cJSON_ArrayForEach(row, rows) {
        const char *name = text_or(row, "layers", text_or(row, "name", "?"));
        const double seconds = nc_json_number(row, "seconds", 0);
        int at = 0;
        if (read++ == MOST_ROWS)
            break;
        while (at < count && strcmp(layers[at].name, name) != 0)
            at++;
        if (at == count)
            layers[count++] = (struct layer){.name = name, .line = (long long)nc_json_number(row, "line", 0)};
        layers[at].seconds[pass_of(row)] += seconds;
        layers[at].all += seconds;
    }
    return count;
}

static int slowest_first(const void *a, const void *b)
{
    const struct layer *x = a, *y = b;
    return (x->all < y->all) - (x->all > y->all);
}

static void put_number(FILE *to, int digits, double number)
{
    if (number > 0 && isfinite(number))
        fprintf(to, "<td class=\"n\">%.*f</td>", digits, number);
    else
        fputs("<td></td>", to);
}

static void put_layers(FILE *to, const cJSON *rows)
{
    const cJSON *row;
    int most = 0;
    cJSON_ArrayForEach(row, rows)
        most += most < MOST_ROWS;
    struct layer *layers = nc_memory(NULL, most + 1, sizeof *layers, "the report");
    const int count = add_up(rows, layers);
    double all = 0;
    for (int i = 0; i < count; i++)
        all += layers[i].all;
    qsort(layers, (size_t)count, sizeof *layers, slowest_first);
    fputs("<div class=\"scroll tall\"><table class=\"bars\">\n<tr class=\"head\"><th>layer</th><th></th>"
          "<th class=\"n\">share</th><th class=\"n\">ms</th><th class=\"n\">forward</th><th class=\"n\">backward</th>"
          "<th class=\"n\">other</th></tr>\n", to);
    for (int i = 0; i < count; i++) {
        fputs("<tr><th>", to);
        nc_html_text(to, layers[i].name);
        fputs("</th><td>", to);
        nc_html_bar(to, layers[i].all / layers[0].all);
        fprintf(to, "</td><td class=\"n\">%.1f %%</td>", all > 0 ? 100 * layers[i].all / all : 0);
        put_number(to, 3, 1e3 * layers[i].all);
        for (int pass = 0; pass < PASSES; pass++)
            put_number(to, 3, 1e3 * layers[i].seconds[pass]);
        fputs("</tr>\n", to);
    }
    fputs("</table></div>\n", to);
    free(layers);
}

static void put_kernels(FILE *to, const cJSON *rows)
{
    const cJSON *row;
    fputs("<details><summary>Kernel by kernel</summary><div class=\"scroll tall\"><table>\n<tr class=\"head\">"
          "<th class=\"n\">ms</th><th class=\"n\">%</th><th class=\"n\">GFLOP/s</th><th>pass</th>"
          "<th class=\"n\">line</th><th>kernel</th><th>layers</th></tr>\n", to);
    cJSON_ArrayForEach(row, rows) {
        const double rate = nc_json_number(row, "rate", 0), line = nc_json_number(row, "line", 0);
        fputs("<tr>", to);
        put_number(to, 3, 1e3 * nc_json_number(row, "seconds", 0));
        put_number(to, 2, 100 * nc_json_number(row, "share", 0));
        put_number(to, 1, rate * 1e-9);
        fputs("<td>", to);
        nc_html_text(to, text_or(row, "pass", ""));
        fputs("</td>", to);
        put_number(to, 0, line);
        fputs("<td>", to);
        nc_html_text(to, text_or(row, "name", "?"));
        fputs("</td><td>", to);
        nc_html_text(to, text_or(row, "layers", ""));
        fputs("</td></tr>\n", to);
    }
    fputs("</table></div></details>\n", to);
}

static void put_times(FILE *to, const struct nc_report_run *r)
{
    const cJSON *profile = profile_of(r), *rows = nc_json_member(profile, "rows");
    fprintf(to, "<p>A step of %.0f samples takes %.3f ms on %.0f threads: %.1f GFLOP/s of %.1f.</p>\n",
            nc_json_number(profile, "samples", 0), 1e3 * nc_json_number(profile, "seconds", 0),
            nc_json_number(profile, "threads", 0), 1e-9 * nc_json_number(profile, "rate", 0),
            1e-9 * nc_json_number(profile, "peak", 0));
    put_layers(to, rows);
    put_kernels(to, rows);
}

void nc_report_times(FILE *to, const struct nc_report_run *runs, int count)
{
    nc_html_section(to, "Time of each layer", runs, count, has_times, put_times);
}
