/* The model: its first filters, its graph, and the program's text. */
#include <math.h>
#include <stdlib.h>

#include "report.h"
#include "system/base64.h"

enum { FILTERS_WIDTH = 460 };

static const char *text_of(const struct nc_report_run *r, const char *name)
{
    return r->record != NULL ? nc_json_string(r->record, name) : NULL;
}

static const cJSON *filters_of(const struct nc_report_run *r)
{
    return r->record != NULL ? nc_json_member(r->record, "filters") : NULL;
}

static int has_filters(const struct nc_report_run *r)
{
    return nc_json_string(filters_of(r), "png") != NULL;
}

static void put_filters(FILE *to, const struct nc_report_run *r)
{
    const cJSON *filters = filters_of(r);
    const double width = nc_json_number(filters, "width", 0);
    const double factor = width >= 1 ? fmin(fmax(floor(FILTERS_WIDTH / width), 1), 12) : 0;
    const char *name = nc_json_string(filters, "name");
    nc_html_picture(to, "png", nc_json_string(filters, "png"), (int)fmin(width * factor, FILTERS_WIDTH), "pixels",
                    "filters");
    fprintf(to, "<p class=\"hint\">%.0f of ", nc_json_number(filters, "count", 0));
    nc_html_text(to, name != NULL ? name : "?");
    fputs("; a weight of 0 is grey.</p>\n", to);
}

static int has_drawing(const struct nc_report_run *r)
{
    return text_of(r, "drawing") != NULL;
}

/* As a picture, in which no script runs. */
static void put_drawing(FILE *to, const struct nc_report_run *r)
{
    const char *drawing = text_of(r, "drawing");
    char *base64;
    size_t size;
    FILE *encoded = nc_memory_stream(NULL, &base64, &size, "the report");
    nc_put_base64(encoded, drawing, strlen(drawing));
    fclose(encoded);
    fputs("<div class=\"scroll drawing\">", to);
    nc_html_picture(to, "svg+xml", base64, 0, "graph", "the model as a graph");
    fputs("</div>\n", to);
    free(base64);
}

static int has_text(const struct nc_report_run *r)
{
    return text_of(r, "text") != NULL;
}

static void put_text(FILE *to, const struct nc_report_run *r)
{
    const char *file = text_of(r, "file");
    fputs("<details open><summary>", to);
    nc_html_text(to, file != NULL ? file : "?");
    fputs("</summary><pre class=\"scroll\">", to);
    nc_html_text(to, text_of(r, "text"));
    fputs("</pre></details>\n", to);
}

void nc_report_model(FILE *to, const struct nc_report_run *runs, int count)
{
    nc_html_section(to, "Filters of the first convolution", runs, count, has_filters, put_filters);
    nc_html_section(to, "Model", runs, count, has_drawing, put_drawing);
    nc_html_section(to, "Program", runs, count, has_text, put_text);
}
