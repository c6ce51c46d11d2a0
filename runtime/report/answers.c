/* What the model answers of the test data: how well each class is told, which classes are taken for others, and the
 * samples of whose wrong answers it is surest. */
#include <math.h>
#include <stdlib.h>

#include "report.h"

enum {
    MOST_CLASSES = 1 << 20,
    MATRIX_CLASSES = 1024, /* of which a matrix is kept */
    TABLE_CLASSES = 24,    /* with numbers in its cells; */
    DRAWN_CLASSES = 256,   /* as a picture of small ones; of more classes the list has to do */
    IN_ORDER = 16,         /* more classes stand with the worst first */
    CONFUSIONS = 20, LEVELS = 10, PICTURE = 96
};

struct answers {
    const cJSON *wrong;
    int classes;
    const char **name;         /* [classes] */
    long long *samples, *right; /* [classes] */
    long long *matrix;         /* [classes][classes], or NULL: read_matrix reads it */
};

/* ---- What the record says ---------------------------------------------------------------------------------------- */

static const cJSON *answers_of(const struct nc_report_run *r)
{
    return r->record != NULL ? nc_json_member(r->record, "answers") : NULL;
}

static long long length_of(const cJSON *array)
{
    const cJSON *item;
    long long length = 0;
    cJSON_ArrayForEach(item, array)
        length++;
    return nc_json_is(array, cJSON_Array) ? length : 0;
}

static int class_count(const struct nc_report_run *r)
{
    const long long count = length_of(nc_json_member(answers_of(r), "classes"));
    return count <= MOST_CLASSES ? (int)count : 0;
}

/* Counts of an array, as many as it must have: 0 where it has others. */
static int read_counts(const cJSON *array, long long *to, int count)
{
    const cJSON *item;
    int read = 0;
    cJSON_ArrayForEach(item, array)
        if (read == count || !nc_json_count(item, &to[read++]))
            return 0;
    return read == count;
}

static void read_matrix(struct answers *a, const cJSON *rows)
{
    const cJSON *row;
    int read = 0;
    if (a->classes > MATRIX_CLASSES || length_of(rows) != a->classes)
        return;
    a->matrix = nc_memory(NULL, a->classes, a->classes * (long long)sizeof *a->matrix, "the report");
    cJSON_ArrayForEach(row, rows)
        if (!read_counts(row, a->matrix + (long long)read++ * a->classes, a->classes)) {
            free(a->matrix);
            a->matrix = NULL;
            return;
        }
}

static struct answers read_answers(const struct nc_report_run *r)
{
    const cJSON *from = answers_of(r), *item;
    struct answers a = {.wrong = nc_json_member(from, "wrong"), .classes = class_count(r)};
    long long pair[2];
    int c = 0;
    a.name = nc_memory(NULL, a.classes + 1, sizeof *a.name, "the report");
    a.samples = nc_memory(NULL, a.classes + 1, sizeof *a.samples, "the report");
    a.right = nc_memory(NULL, a.classes + 1, sizeof *a.right, "the report");
    cJSON_ArrayForEach(item, nc_json_member(from, "classes"))
        a.name[c++] = nc_json_is(item, cJSON_String) ? item->valuestring : "?";
    c = 0;
    cJSON_ArrayForEach(item, nc_json_member(from, "samples")) {
        if (c < a.classes && read_counts(item, pair, 2)) {
            a.samples[c] = pair[0];
            a.right[c] = pair[1];
        }
        c++;
    }
    return a;
}

static void free_answers(struct answers *a)
{
    free(a->name);
    free(a->samples);
    free(a->right);
    free(a->matrix);
}

/* ---- Each class -------------------------------------------------------------------------------------------------- */

struct place {
    double share;
    int class;
};

static int worst_first(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return x->share != y->share ? (x->share > y->share) - (x->share < y->share) : x->class - y->class;
}

static void put_class(FILE *to, const struct answers *a, int c)
{
    fputs("<tr><th>", to);
    nc_html_text(to, a->name[c]);
    fputs("</th><td>", to);
    if (a->samples[c] > 0) {
        nc_html_bar(to, nc_ratio(a->right[c], a->samples[c]));
        fprintf(to, "</td><td class=\"n\">%.1f %%</td><td class=\"n\">%lld of %lld</td></tr>\n",
                100 * nc_ratio(a->right[c], a->samples[c]), a->right[c], a->samples[c]);
    } else {
        fputs("</td><td class=\"n\">-</td><td class=\"n\">no samples</td></tr>\n", to);
    }
}

static void put_classes(FILE *to, const struct nc_report_run *r)
{
    struct answers a = read_answers(r);
    struct place *order = nc_memory(NULL, a.classes + 1, sizeof *order, "the report");
    for (int c = 0; c < a.classes; c++)
        order[c] = (struct place){a.samples[c] > 0 ? nc_ratio(a.right[c], a.samples[c]) : 2, c};
    if (a.classes > IN_ORDER)
        qsort(order, (size_t)a.classes, sizeof *order, worst_first);
    fputs("<div class=\"scroll tall\"><table class=\"bars\">\n", to);
    for (int c = 0; c < a.classes; c++)
        put_class(to, &a, order[c].class);
    fputs("</table></div>\n", to);
    free(order);
    free_answers(&a);
}

static int has_classes(const struct nc_report_run *r)
{
    return class_count(r) > 0;
}

/* ---- The matrix -------------------------------------------------------------------------------------------------- */

/* From 1 to LEVELS by the share of a row; 0: nothing. */
static int level_of(const struct answers *a, int row, int c)
{
    const double share = nc_ratio(a->matrix[(long long)row * a->classes + c], a->samples[row]);
    return share > 0 ? (int)fmin(ceil(share * LEVELS), LEVELS) : 0;
}

static void put_table(FILE *to, const struct answers *a)
{
    fputs("<div class=\"scroll\"><table class=\"matrix\">\n<tr><td></td>", to);
    for (int c = 0; c < a->classes; c++) {
        fputs("<th class=\"up\"><span>", to);
        nc_html_text(to, a->name[c]);
        fputs("</span></th>", to);
    }
    fputs("</tr>\n", to);
    for (int row = 0; row < a->classes; row++) {
        fputs("<tr><th>", to);
        nc_html_text(to, a->name[row]);
        fputs("</th>", to);
        for (int c = 0; c < a->classes; c++)
            fprintf(to, "<td class=\"%s l%d\">%lld</td>", c == row ? "right" : "wrong", level_of(a, row, c),
                    a->matrix[(long long)row * a->classes + c]);
        fputs("</tr>\n", to);
    }
    fputs("</table></div>\n", to);
}

/* Cells of one level are one path. */
static void put_level(FILE *to, const struct answers *a, int right, int level)
{
    int some = 0;
    for (int row = 0; row < a->classes; row++)
        for (int c = 0; c < a->classes; c++) {
            if ((row == c) != right || level_of(a, row, c) != level)
                continue;
            if (some++ == 0)
                fprintf(to, "<path class=\"%s l%d\" d=\"", right ? "right" : "wrong", level);
            fprintf(to, "M%d %dh1v1h-1z", c, row);
        }
    if (some > 0)
        fputs("\"/>\n", to);
}

static void put_drawn(FILE *to, const struct answers *a)
{
    fprintf(to, "<svg class=\"matrix\" viewBox=\"-1 -1 %d %d\" role=\"img\" aria-label=\"confusion matrix\">\n"
                "<rect class=\"frame\" x=\"0\" y=\"0\" width=\"%d\" height=\"%d\"/>\n", a->classes + 2, a->classes + 2,
            a->classes, a->classes);
    for (int level = 1; level <= LEVELS; level++) {
        put_level(to, a, 0, level);
        put_level(to, a, 1, level);
    }
    fputs("</svg>\n", to);
}

struct confusion {
    long long times;
    int label, answer;
};

/* The most frequent ones, the first of equals before the others. Returns how many. */
static int find_confusions(const struct answers *a, struct confusion list[CONFUSIONS])
{
    int count = 0;
    for (int row = 0; row < a->classes; row++)
        for (int c = 0; c < a->classes; c++) {
            const long long times = a->matrix[(long long)row * a->classes + c];
            int at = count;
            while (at > 0 && times > list[at - 1].times)
                at--;
            if (row == c || times == 0 || at == CONFUSIONS)
                continue;
            count += count < CONFUSIONS;
            memmove(list + at + 1, list + at, (size_t)(count - 1 - at) * sizeof *list);
            list[at] = (struct confusion){times, row, c};
        }
    return count;
}

static void put_confusions(FILE *to, const struct answers *a)
{
    struct confusion list[CONFUSIONS];
    const int count = find_confusions(a, list);
    if (count == 0)
        return;
    fputs("<details open><summary>Most frequent confusions</summary><ol class=\"confusions\">\n", to);
    for (int i = 0; i < count; i++) {
        fputs("<li>", to);
        nc_html_text(to, a->name[list[i].label]);
        fputs(" taken for <b>", to);
        nc_html_text(to, a->name[list[i].answer]);
        fprintf(to, "</b>: %lld, %.1f %%</li>\n", list[i].times,
                100 * nc_ratio(list[i].times, a->samples[list[i].label]));
    }
    fputs("</ol></details>\n", to);
}

static void put_matrix(FILE *to, const struct nc_report_run *r)
{
    struct answers a = read_answers(r);
    read_matrix(&a, nc_json_member(answers_of(r), "matrix"));
    if (a.matrix != NULL) {
        if (a.classes <= TABLE_CLASSES)
            put_table(to, &a);
        else if (a.classes <= DRAWN_CLASSES)
            put_drawn(to, &a);
        fputs("<p class=\"hint\">A row for each class, a column for each answer.</p>\n", to);
        put_confusions(to, &a);
    }
    free_answers(&a);
}

static int has_matrix(const struct nc_report_run *r)
{
    return class_count(r) > 0 && length_of(nc_json_member(answers_of(r), "matrix")) == class_count(r);
}

/* ---- Wrong answers ----------------------------------------------------------------------------------------------- */

/* The class that an item has under a name. */
static const char *class_of(const struct answers *a, const cJSON *item, const char *name)
{
    long long c;
    return nc_json_count(nc_json_member(item, name), &c) && c < a->classes ? a->name[c] : "?";
}

/* By a whole factor, so that pixels stay squares. */
static int shown_width(const cJSON *item, int wanted)
{
    const double width = nc_json_number(item, "width", 0), height = nc_json_number(item, "height", 0);
    const double side = fmax(width, height);
    if (!(side >= 1 && side <= 1e6))
        return wanted;
    return (int)(side < wanted ? width * floor(wanted / side) : width * wanted / side);
}

static void put_one(FILE *to, const struct answers *a, const cJSON *item)
{
    const char *answer = class_of(a, item, "answer"), *label = class_of(a, item, "label");
    fputs("<figure>", to);
    nc_html_picture(to, "png", nc_json_string(item, "png"), shown_width(item, PICTURE), "pixels", label);
    fputs("<figcaption>is <b>", to);
    nc_html_text(to, label);
    fputs("</b><br>taken for <b class=\"not\">", to);
    nc_html_text(to, answer);
    fprintf(to, "</b>, %.1f&nbsp;%%<br>sample %.0f</figcaption></figure>\n",
            100 * nc_json_number(item, "confidence", 0), nc_json_number(item, "sample", 0));
}

static void put_wrong(FILE *to, const struct nc_report_run *r)
{
    struct answers a = read_answers(r);
    const char *why = nc_json_string(r->record, "no_pictures");
    const cJSON *item;
    if (why != NULL) {
        fputs("<p class=\"hint\">There are no pictures: ", to);
        nc_html_text(to, why);
        fputs("</p>\n", to);
    }
    fputs("<div class=\"wrong-ones\">\n", to);
    cJSON_ArrayForEach(item, a.wrong)
        put_one(to, &a, item);
    fputs("</div>\n", to);
    free_answers(&a);
}

static int has_wrong(const struct nc_report_run *r)
{
    return length_of(nc_json_member(answers_of(r), "wrong")) > 0;
}

void nc_report_answers(FILE *to, const struct nc_report_run *runs, int count)
{
    nc_html_section(to, "Accuracy of each class", runs, count, has_classes, put_classes);
    nc_html_section(to, "Confusion matrix", runs, count, has_matrix, put_matrix);
    nc_html_section(to, "Most confidently wrong", runs, count, has_wrong, put_wrong);
}
