/* What came of the runs, and what they were made with: a row for each thing, a column for each run. Rows in which runs
 * differ are marked. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* ---- Cells: plain texts ------------------------------------------------------------------------------------------ */

static void put_string(FILE *to, const struct nc_report_run *r, const char *name)
{
    const char *text = r->record != NULL ? nc_json_string(r->record, name) : NULL;
    fputs(text != NULL ? text : "", to);
}

/* A word of a command line, as a shell takes it. */
static void put_word(FILE *to, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./=:,@%+-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, to);
        return;
    }
    fputc('\'', to);
    for (; *word != '\0'; word++)
        fputs(*word == '\'' ? "'\\''" : (const char[]){*word, 0}, to);
    fputc('\'', to);
}

static void put_command(FILE *to, const struct nc_report_run *r, const char *name)
{
    const cJSON *words = r->record != NULL ? nc_json_member(r->record, name) : NULL, *word;
    int some = 0;
    cJSON_ArrayForEach(word, words) {
        if (!nc_json_is(word, cJSON_String))
            continue;
        fputs(some++ > 0 ? " " : "", to);
        put_word(to, word->valuestring);
    }
}

static void put_count(FILE *to, const struct nc_report_run *r, const char *name)
{
    const double count = r->record != NULL ? nc_json_number(r->record, name, -1) : -1;
    if (count >= 0)
        fprintf(to, "%.0f", count);
}

static void put_epochs(FILE *to, const struct nc_report_run *r, const char *name)
{
    if (r->record == NULL)
        return;
    put_count(to, r, name);
    fputs(" of ", to);
    put_count(to, r, "epochs");
    if (!nc_json_is(nc_json_member(r->record, "ended"), cJSON_True))
        fputs(", goes on, or was killed", to);
}

static void put_seconds(FILE *to, const struct nc_report_run *r, const char *name)
{
    const double seconds = r->record != NULL ? nc_json_number(r->record, name, -1) : -1;
    if (seconds >= 3600)
        fprintf(to, "%.0f h %.0f min", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
    else if (seconds >= 60)
        fprintf(to, "%.0f min %.0f s", floor(seconds / 60), fmod(seconds, 60));
    else if (seconds >= 0)
        fprintf(to, "%.1f s", seconds);
}

/* What was measured of the test data: the last number, and the best. */
static void put_result(FILE *to, const struct nc_report_run *r, const char *name)
{
    const struct nc_report_table *t = &r->scalars;
    const int most = strstr(name, "accuracy") != NULL;
    int last = -1, best = -1;
    for (int i = 0; i < t->column_count; i++) {
        const double *value = t->columns[i].value;
        for (int row = 0; strcmp(t->columns[i].name, name) == 0 && row < t->rows; row++) {
            if (!t->columns[i].there[row] || !isfinite(value[row]))
                continue;
            last = row;
            best = best < 0 || (most ? value[row] > value[best] : value[row] < value[best]) ? row : best;
        }
        if (last < 0)
            continue;
        fprintf(to, "%.6g", value[last]);
        if (best != last)
            fprintf(to, "; best %.6g, epoch %lld", value[best], t->epoch[best] + 1);
        return;
    }
}

/* The value of a setting, as --set takes it. */
static void put_setting(FILE *to, const struct nc_report_run *r, const char *name)
{
    const cJSON *list = r->record != NULL ? nc_json_member(r->record, "settings") : NULL, *pair;
    cJSON_ArrayForEach(pair, list) {
        const cJSON *own = pair->child, *value = own != NULL ? own->next : NULL;
        if (!nc_json_is(own, cJSON_String) || strcmp(own->valuestring, name) != 0)
            continue;
        if (nc_json_is(value, cJSON_String))
            fputs(value->valuestring, to);
        else if (nc_json_is(value, cJSON_Number))
            fprintf(to, "%.9g", value->valuedouble);
        else
            fputs(nc_json_is(value, cJSON_True) ? "True" : nc_json_is(value, cJSON_False) ? "False" : "", to);
        return;
    }
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

typedef void put_cell(FILE *to, const struct nc_report_run *r, const char *name);

/* A row, unless no run has anything there. */
static void put_row(FILE *to, const char *title, const char *name, put_cell *put, const struct nc_report_run *runs,
                    int count)
{
    char **cell = nc_memory(NULL, count, sizeof *cell, "the report");
    int some = 0, differ = 0;
    for (int i = 0; i < count; i++) {
        size_t size;
        FILE *text = nc_memory_stream(NULL, &cell[i], &size, "the report");
        put(text, &runs[i], name);
        fclose(text);
        some |= cell[i][0] != '\0';
        differ |= strcmp(cell[i], cell[0]) != 0;
    }
    if (some) {
        fprintf(to, "<tr%s><th>%s", differ ? " class=\"differs\"" : "", differ ? "&#8800; " : "");
        nc_html_text(to, title);
        fputs("</th>", to);
        for (int i = 0; i < count; i++) {
            fputs("<td>", to);
            nc_html_text(to, cell[i]);
            fputs("</td>", to);
        }
        fputs("</tr>\n", to);
    }
    for (int i = 0; i < count; i++)
        free(cell[i]);
    free(cell);
}

/* Whether a run before this one has the column, or the setting. */
static int column_was(const struct nc_report_run *runs, int before, const char *name)
{
    for (int r = 0; r < before; r++)
        for (int i = 0; i < runs[r].scalars.column_count; i++)
            if (strcmp(runs[r].scalars.columns[i].name, name) == 0)
                return 1;
    return 0;
}

static int setting_was(const struct nc_report_run *runs, int before, const char *name)
{
    const cJSON *pair;
    for (int r = 0; r < before; r++)
        cJSON_ArrayForEach(pair, nc_json_member(runs[r].record, "settings"))
            if (nc_json_is(pair->child, cJSON_String) && strcmp(pair->child->valuestring, name) == 0)
                return 1;
    return 0;
}

static void put_results(FILE *to, const struct nc_report_run *runs, int count)
{
    for (int r = 0; r < count; r++)
        for (int i = 0; i < runs[r].scalars.column_count; i++) {
            const char *name = runs[r].scalars.columns[i].name;
            if (strncmp(name, "test_", 5) == 0 && strcmp(name, "test_loss_sum") != 0 && !column_was(runs, r, name))
                put_row(to, name, name, put_result, runs, count);
        }
}

static void put_settings(FILE *to, const struct nc_report_run *runs, int count)
{
    const cJSON *pair;
    for (int r = 0; r < count; r++)
        cJSON_ArrayForEach(pair, nc_json_member(runs[r].record, "settings"))
            if (nc_json_is(pair->child, cJSON_String) && !setting_was(runs, r, pair->child->valuestring) &&
                strcmp(pair->child->valuestring, "seed") != 0 && strcmp(pair->child->valuestring, "epochs") != 0)
                put_row(to, pair->child->valuestring, pair->child->valuestring, put_setting, runs, count);
}

void nc_report_made(FILE *to, const struct nc_report_run *runs, int count)
{
    static const struct {
        const char *title, *name;
        put_cell *put;
    } rows[] = {{"epochs", "epoch", put_epochs}, {"steps", "steps", put_count}, {"began", "began", put_string},
                {"time taken", "seconds", put_seconds}, {"command line", "command", put_command},
                {"file", "file", put_string}, {"seed", "seed", put_string}, {"threads", "threads", put_count},
                {"netc", "netc", put_string}};
    fputs("<section><h2>Results and settings</h2>\n<div class=\"scroll\"><table class=\"made\">\n", to);
    if (count > 1) {
        fputs("<tr class=\"head\"><td></td>", to);
        for (int i = 0; i < count; i++) {
            fputs("<th>", to);
            nc_html_text(to, runs[i].label);
            fputs("</th>", to);
        }
        fputs("</tr>\n", to);
    }
    put_results(to, runs, count);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        put_row(to, rows[i].title, rows[i].name, rows[i].put, runs, count);
    put_settings(to, runs, count);
    fputs("</table></div></section>\n", to);
}
