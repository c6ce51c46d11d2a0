/* The page: its head, the curves, and the numbers of each run's epochs. */
#include <math.h>
#include <string.h>

#include "report.h"
#include "system/draft.h"

/* ---- Epochs ------------------------------------------------------------------------------------------------------ */

static int is_of_epochs(const struct nc_report_column *c)
{
    return strncmp(c->name, "test_", 5) == 0 || strcmp(c->name, "train_loss_sum") == 0 ||
           strcmp(c->name, "samples_per_second") == 0 || nc_ends_with(c->name, "_train");
}

static int is_epoch(const struct nc_report_table *t, int row)
{
    for (int i = 0; i < t->column_count; i++)
        if (is_of_epochs(&t->columns[i]) && t->columns[i].there[row])
            return 1;
    return 0;
}

static void put_value(FILE *to, const struct nc_report_column *c, int row)
{
    if (!c->there[row])
        fputs("<td></td>", to);
    else if (!isfinite(c->value[row]))
        fputs("<td class=\"n\">not finite</td>", to);
    else
        fprintf(to, "<td class=\"n\">%.6g</td>", c->value[row]);
}

static void put_epochs(FILE *to, const struct nc_report_run *r, int runs)
{
    const struct nc_report_table *t = &r->scalars;
    fputs("<details><summary>Numbers of the epochs", to);
    if (runs > 1) {
        fputs(": ", to);
        nc_html_text(to, r->label);
    }
    fputs("</summary><div class=\"scroll\"><table>\n<tr class=\"head\"><th class=\"n\">epoch</th>"
          "<th class=\"n\">step</th>", to);
    for (int i = 0; i < t->column_count; i++)
        if (is_of_epochs(&t->columns[i])) {
            fputs("<th class=\"n\">", to);
            nc_html_text(to, t->columns[i].name);
            fputs("</th>", to);
        }
    fputs("</tr>\n", to);
    for (int row = 0; row < t->rows; row++) {
        if (!is_epoch(t, row))
            continue;
        fprintf(to, "<tr><td class=\"n\">%lld</td><td class=\"n\">%lld</td>", t->epoch[row] + 1, t->step[row]);
        for (int i = 0; i < t->column_count; i++)
            if (is_of_epochs(&t->columns[i]))
                put_value(to, &t->columns[i], row);
        fputs("</tr>\n", to);
    }
    fputs("</table></div></details>\n", to);
}

static void put_page(FILE *to, const struct nc_report_run *runs, int count)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
          "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>", to);
    for (int i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", to);
        nc_html_text(to, runs[i].label);
    }
    fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<header><h1>", nc_report_css);
    if (count > 1)
        fprintf(to, "%d runs", count);
    else
        nc_html_text(to, runs[0].label);
    fputs("</h1>\n", to);
    for (int i = 0; i < count; i++)
        if (runs[i].remark[0] != '\0') {
            fputs("<p>", to);
            nc_html_text(to, runs[i].remark);
            fputs("</p>\n", to);
        }
    fputs("</header>\n<main>\n", to);
    nc_report_curves(to, runs, count);
    for (int i = 0; i < count; i++)
        put_epochs(to, &runs[i], count);
    nc_report_made(to, runs, count);
    nc_report_answers(to, runs, count);
    nc_report_model(to, runs, count);
    nc_report_times(to, runs, count);
    fprintf(to, "</main>\n<script>\n%s</script>\n</body>\n</html>\n", nc_report_js);
}

int nc_report_write(const char *path, const struct nc_report_run *runs, int count)
{
    struct nc_draft page;
    const int error = nc_draft_open(&page, path, 0);
    if (error)
        return error;
    put_page(page.file, runs, count);
    return nc_draft_finish(&page, 0);
}
