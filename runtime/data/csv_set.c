/* CSV: a data set of the rows of a text file. Columns of words become categories, those that the .net file names are
 * the targets, the others are numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_set.h"
#include "data.h"
#include "system/digest.h"

/* ---- Words ------------------------------------------------------------------------------------------------------- */

/* The different words of a column, each with the order in which it was met. */
struct words {
    char **word;
    int count, capacity;
    int *slot; /* [slots] index of a word + 1, by its hash; 0: free */
    int slots;
};

static int find_slot(const struct words *words, const char *word)
{
    int at = (int)(nc_digest(NC_NO_BYTES, word, strlen(word)) % (uint64_t)words->slots);
    while (words->slot[at] && strcmp(words->word[words->slot[at] - 1], word) != 0)
        at = (at + 1) % words->slots;
    return at;
}

static void add_room(const struct nc_run *run, struct words *words)
{
    char **word = words->word;
    words->capacity = words->capacity ? words->capacity * 2 : 64;
    words->slots = words->capacity * 2;
    words->word = nc_memory(run, words->capacity, sizeof *words->word, "words");
    if (words->count)
        memcpy(words->word, word, (size_t)words->count * sizeof *word);
    free(word);
    free(words->slot);
    words->slot = nc_memory(run, words->slots, sizeof *words->slot, "words");
    for (int i = 0; i < words->count; i++)
        words->slot[find_slot(words, words->word[i])] = i + 1;
}

/* The number of a word, or -1. */
static int find_word(const struct words *words, const char *word)
{
    return words->slots > 0 ? words->slot[find_slot(words, word)] - 1 : -1;
}

/* The same, which is given to one that is new; `word` is taken over. */
static int add_word(const struct nc_run *run, struct words *words, char *word)
{
    if (words->count == words->capacity)
        add_room(run, words);
    int at = find_slot(words, word);
    if (words->slot[at]) {
        free(word);
    } else {
        words->word[words->count] = word;
        words->slot[at] = ++words->count;
    }
    return words->slot[at] - 1;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

/* A cell of one of the files. */
struct cell {
    const struct nc_csv *csv;
    int row, column;
};

static const struct nc_run *run_of(const struct nc_csv_set *set)
{
    return set->files[0].csv.data->run;
}

static long long count_rows(const struct nc_csv_set *set)
{
    const struct nc_csv_file *last = &set->files[set->file_count - 1];
    return last->first + last->csv.rows;
}

/* The file in which a row stands. */
static struct nc_csv_file *file_of(const struct nc_csv_set *set, long long row)
{
    int low = 0, high = set->file_count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (set->files[middle].first <= row)
            low = middle;
        else
            high = middle - 1;
    }
    return &set->files[low];
}

/* Of row `row` of all files that of column `place` of a sample; or, behind these, of a target. */
static struct cell cell_at(const struct nc_csv_set *set, long long row, int place)
{
    const struct nc_csv_file *file = file_of(set, row);
    return (struct cell){&file->csv, (int)(row - file->first), file->column[place]};
}

static size_t index_of(struct cell cell)
{
    return (size_t)cell.row * (size_t)cell.csv->columns + (size_t)cell.column;
}

static int kind_of(struct cell cell)
{
    return cell.csv->kind[index_of(cell)];
}

static double value_of(struct cell cell)
{
    return cell.csv->value[index_of(cell)];
}

static char *word_of(struct cell cell)
{
    return nc_csv_word(cell.csv, cell.row, cell.column);
}

/* The first row that has a cell of this kind; -1: none. */
static long long find_kind(const struct nc_csv_set *set, int place, int kind)
{
    for (long long row = 0; row < count_rows(set); row++)
        if (kind_of(cell_at(set, row, place)) == kind)
            return row;
    return -1;
}

/* A cell of a file that is not there: ends the program, unless its row goes (1) or it is left for later (0). */
static int is_dropped(const struct nc_csv_set *set, const struct nc_csv *csv, int row, int column, int target)
{
    if (set->table.missing == NC_MISSING_DROP)
        return 1;
    if (target)
        nc_csv_fail(csv, row, column, "missing=\"drop\" leaves such rows out", "the target %s is missing",
                    nc_csv_column_name(csv, column));
    if (set->table.missing == NC_MISSING_ERROR)
        nc_csv_fail(csv, row, column, "missing=\"mean\" or \"median\" fills in the training part's, missing=\"drop\" "
                    "leaves such rows out", "the value of column %s is missing", nc_csv_column_name(csv, column));
    return 0;
}

/* With missing="drop", leaves out the rows of a file in which a cell is missing of the first `cells` of file->column.
 * Returns how many. `tell`: whether to say which. */
static int treat_missing(const struct nc_csv_set *set, struct nc_csv_file *file, int cells, int tell)
{
    struct nc_csv *csv = &file->csv;
    const struct nc_run *run = csv->data->run;
    unsigned char *drop = nc_memory(run, csv->rows, 1, "rows");
    int dropped = 0;
    for (int row = 0; row < csv->rows; row++) {
        for (int i = 0; i < cells && !drop[row]; i++) {
            struct cell cell = {csv, row, file->column[i]};
            char text[1024];
            if (kind_of(cell) != NC_CELL_MISSING)
                continue;
            drop[row] = (unsigned char)is_dropped(set, csv, row, cell.column, i >= set->table.column_count);
            if (!drop[row] || !tell)
                continue;
            nc_csv_place(csv, row, cell.column, text, sizeof text);
            nc_warn(run, "%s: the value of column %s is missing: the row is left out", text,
                    nc_csv_column_name(csv, cell.column));
        }
        dropped += drop[row];
    }
    if (dropped == csv->rows && !tell)
        nc_fail(run, NULL, "%s: %s: a cell is missing in every row", csv->data->name, csv->path);
    if (dropped)
        nc_csv_drop(csv, drop);
    free(drop);
    return dropped;
}

/* ---- From cells to values ---------------------------------------------------------------------------------------- */

/* The numbers of a column, NAN for what is missing; a word ends the program. */
static double *take_numbers(const struct nc_csv_set *set, int place, const char *hint)
{
    double *value = nc_memory(run_of(set), count_rows(set), sizeof *value, "a column");
    for (long long row = 0; row < count_rows(set); row++) {
        struct cell cell = cell_at(set, row, place);
        if (kind_of(cell) == NC_CELL_WORD)
            nc_csv_fail(cell.csv, cell.row, cell.column, hint, "'%.60s' is no number", word_of(cell));
        value[row] = kind_of(cell) == NC_CELL_MISSING ? NAN : value_of(cell);
    }
    return value;
}

/* The sorted different contents of a column in *names; their places in place[rows], -1 for what is missing. Numbers are
 * sorted as numbers, unless there are words among them. */
static int take_names(const struct nc_csv_set *set, int column, char ***names, int *place)
{
    const struct nc_run *run = run_of(set);
    const long long rows = count_rows(set);
    int count;
    if (find_kind(set, column, NC_CELL_WORD) < 0) {
        double *different, *value = take_numbers(set, column, NULL);
        count = nc_table_numbers(run, value, rows, &different, place);
        *names = nc_memory(run, count + 1, sizeof **names, "names");
        for (int i = 0; i < count; i++)
            (*names)[i] = nc_table_name(run, different[i]);
        free(different);
        free(value);
        return count;
    }
    struct words words = {0};
    for (long long row = 0; row < rows; row++) {
        struct cell cell = cell_at(set, row, column);
        place[row] = kind_of(cell) == NC_CELL_MISSING ? -1 : add_word(run, &words, word_of(cell));
    }
    char ***order = nc_memory(run, words.count + 1, sizeof *order, "words");
    int *sorted = nc_memory(run, words.count + 1, sizeof *sorted, "words");
    *names = nc_memory(run, words.count + 1, sizeof **names, "names");
    for (int i = 0; i < words.count; i++)
        order[i] = &words.word[i];
    qsort(order, (size_t)words.count, sizeof *order, compare_words);
    for (int i = 0; i < words.count; i++) {
        sorted[order[i] - words.word] = i;
        (*names)[i] = *order[i];
    }
    for (long long row = 0; row < rows; row++)
        place[row] = place[row] < 0 ? -1 : sorted[place[row]];
    count = words.count;
    free(order);
    free(sorted);
    free(words.word);
    free(words.slot);
    return count;
}

/* The places of the cells of a column among its categories, which are known. */
static void take_known(const struct nc_csv_set *set, int place, const char *whose)
{
    const struct nc_table_column *column = &set->table.columns[place];
    struct words words = {0};
    for (int c = 0; c < column->categories; c++)
        add_word(run_of(set), &words, nc_memory_text(run_of(set), column->category[c], strlen(column->category[c]),
                                                     "a category"));
    for (long long row = 0; row < count_rows(set); row++) {
        struct cell cell = cell_at(set, row, place);
        char *word = word_of(cell);
        int found = find_word(&words, word);
        if (found < 0 && kind_of(cell) == NC_CELL_NUMBER) { /* "3.0" may be called 3 */
            free(word);
            found = find_word(&words, word = nc_table_name(run_of(set), value_of(cell)));
        }
        if (found < 0 && kind_of(cell) != NC_CELL_MISSING)
            nc_csv_fail(cell.csv, cell.row, cell.column, "train on rows that have it, or take the row out",
                        "'%.60s' is none of the %d categories that column %s has in %s", word, column->categories,
                        column->name, whose);
        column->value[row] = found;
        free(word);
    }
    for (int c = 0; c < words.count; c++)
        free(words.word[c]);
    free(words.word);
    free(words.slot);
}

/* `whose` the known categories are, of predict. */
static void take_column(struct nc_csv_set *set, int place, const char *whose)
{
    struct nc_table_column *column = &set->table.columns[place];
    const struct nc_csv *csv = &set->files[0].csv;
    int becomes = set->becomes[place];
    if (becomes == NC_CSV_AS_IT_LOOKS)
        becomes = find_kind(set, place, NC_CELL_WORD) >= 0 ? NC_CSV_CATEGORIES : NC_CSV_NUMBERS;
    if (becomes == NC_CSV_NUMBERS) {
        column->value = take_numbers(set, place, "categorical= names the columns that are words");
        return;
    }
    column->value = nc_memory(run_of(set), count_rows(set), sizeof *column->value, "a column");
    if (column->categories > 0) {
        take_known(set, place, whose);
        return;
    }
    int *names = nc_memory(run_of(set), count_rows(set), sizeof *names, "a column");
    column->categories = take_names(set, place, &column->category, names);
    if (column->categories == 0)
        nc_fail(csv->data->run, NULL, "%s: %s: column %s is empty", csv->data->name, csv->path, column->name);
    for (long long row = 0; row < count_rows(set); row++)
        column->value[row] = names[row];
    free(names);
}

static void take_columns(struct nc_csv_set *set, const char *whose)
{
    for (int i = 0; i < set->table.column_count; i++)
        take_column(set, i, whose);
    for (int i = 0; i < set->file_count; i++)
        nc_csv_free_values(&set->files[i].csv);
}

static void take_classes(struct nc_data *data, struct nc_csv_set *set)
{
    const int target = set->table.column_count;
    if (find_kind(set, target, NC_CELL_WORD) < 0) {
        double *value = take_numbers(set, target, NULL);
        nc_table_labels(data, value, count_rows(set));
        free(value);
        return;
    }
    int *labels = nc_memory(data->run, count_rows(set), sizeof *labels, "the labels");
    data->classes = take_names(set, target, &set->table.class_names, labels);
    data->class_names = (const char *const *)set->table.class_names;
    data->labels = labels;
}

/* Numbers; or two words, of which the sorted first one is 0 and the other one 1. */
static void take_targets(struct nc_data *data, struct nc_csv_set *set)
{
    const size_t count = (size_t)set->target_count;
    const long long rows = count_rows(set);
    float *targets = nc_memory(data->run, rows, set->target_count * (long long)sizeof *targets, "the targets");
    int *place = nc_memory(data->run, rows, sizeof *place, "the targets");
    struct nc_target *target = nc_memory(data->run, set->target_count, sizeof *target, "the targets");
    char **names = NULL;
    for (int t = 0; t < set->target_count; t++) {
        const int column = set->table.column_count + t;
        long long words = find_kind(set, column, NC_CELL_WORD);
        int different = words >= 0 ? take_names(set, column, &names, place) : 0;
        struct cell cell = cell_at(set, words >= 0 ? words : 0, column);
        target[t].name = nc_csv_column_name(cell.csv, cell.column);
        for (int i = 0; i < different && i < 2; i++)
            target[t].word[i] = names[i];
        if (different > 2)
            nc_csv_fail(cell.csv, cell.row, cell.column, "CrossEntropyLoss() is the loss for classes", "the target "
                        "'%.60s' is no number, and not one of two words", word_of(cell));
        for (long long row = 0; row < rows; row++) {
            float *to = &targets[(size_t)row * count + (size_t)t];
            cell = cell_at(set, row, column);
            *to = words >= 0 ? (float)place[row] : (float)value_of(cell);
            if (!isfinite(*to))
                nc_csv_fail(cell.csv, cell.row, cell.column, NULL, "the target is too large for a float");
        }
    }
    free(place);
    data->targets = targets;
    data->target = target;
    data->target_floats = set->target_count;
}

static void place_of(const struct nc_data *data, long long row, int column, char *text, size_t capacity)
{
    const struct nc_csv_set *set = data->own;
    struct cell cell = cell_at(set, row, column < 0 ? set->table.column_count : column);
    nc_csv_place(cell.csv, cell.row, cell.column, text, capacity);
}

static struct nc_csv file_at(struct nc_data *data, const char *path)
{
    const struct nc_csv_set *set = data->own;
    return (struct nc_csv){.data = data, .path = path, .delimiter = set->delimiter, .header = set->header};
}

static void load(struct nc_data *data)
{
    struct nc_csv_set *set = data->own;
    set->files = nc_memory(data->run, set->file_count = 1, sizeof *set->files, "a data set");
    set->files[0].csv = file_at(data, nc_data_path(data->run, set->path));
    nc_csv_read(&set->files[0].csv);
    nc_csv_choose(set);
    treat_missing(set, &set->files[0], set->table.column_count + set->target_count, 0);
    const struct nc_model *m = data->run->model;
    if (m->classes && m->output_rank > 1)
        nc_fail(data->run, "arrays have such targets: NPY(...) and NPZ(...)",
                "%s: a row has one class, but the loss of %s wants one for each place of the output", data->name,
                m->name);
    if (nc_table_has_labels(data, 1, &(long long){set->target_count}))
        take_classes(data, set);
    else
        take_targets(data, set);
    take_columns(set, NULL);
    nc_table_finish(data, count_rows(set));
}

/* ---- Files of predict -------------------------------------------------------------------------------------------- */

/* The columns that samples are made of, as they were learned. */
static void know_columns(struct nc_csv_set *set, const struct nc_run *run)
{
    struct nc_fit fit; /* what it holds lives as long as the data */
    nc_fit_unpack(run, &fit, run->fit, run->fit_bytes, run->load_name.value);
    if (fit.column_count == 0)
        return;
    set->table.column_count = fit.column_count;
    set->table.file_columns = fit.file_columns;
    set->table.columns = nc_memory(run, fit.column_count, sizeof *set->table.columns, "columns");
    set->becomes = nc_memory(run, fit.column_count, 1, "columns");
    for (int i = 0; i < fit.column_count; i++) {
        const struct nc_fit_column *column = &fit.columns[i];
        set->table.columns[i] = (struct nc_table_column){column->name, column->categories, column->category, NULL};
        set->becomes[i] = column->categories > 0 ? NC_CSV_CATEGORIES : NC_CSV_NUMBERS;
    }
}

/* Reads a file behind those that are there. Returns how many of its rows have to be left out; one that can't be opened
 * counts as a row. */
static int add_file(struct nc_data *data, const char *path, const char *whose)
{
    struct nc_csv_set *set = data->own;
    struct nc_csv_file *file = &set->files[set->file_count];
    *file = (struct nc_csv_file){.csv = file_at(data, path), .first = set->file_count > 0 ? count_rows(set) : 0};
    int error = nc_csv_open(&file->csv);
    if (error != 0) {
        nc_warn(data->run, "%s is left out: it cannot be opened: %s", path, strerror(error));
        return 1;
    }
    nc_csv_read(&file->csv);
    nc_csv_choose_like(set, file, whose);
    set->file_count++;
    return treat_missing(set, file, set->table.column_count, 1);
}

static void row_name(const struct nc_data *data, long long sample, char *name, size_t capacity)
{
    const struct nc_csv_set *set = data->own;
    struct nc_csv_file *file = file_of(set, sample);
    snprintf(name, capacity, "%s:%zu", file->csv.path, nc_csv_line(&file->csv, (int)(sample - file->first)));
}

static void take(struct nc_data *data, char *const *paths, int count)
{
    struct nc_csv_set *set = data->own;
    const char *whose = data->run->fit != NULL ? data->run->load_name.value : data->run->model->file;
    set->files = nc_memory(data->run, count, sizeof *set->files, "a data set");
    if (data->run->fit != NULL)
        know_columns(set, data->run);
    for (int i = 0; i < count; i++)
        data->broken += add_file(data, paths[i], whose);
    if (set->file_count == 0 || count_rows(set) == 0)
        return;
    take_columns(set, whose);
    data->sample_name = row_name;
    nc_table_finish(data, count_rows(set));
}

static int missing_kind(const struct nc_run *run, const char *missing)
{
    static const char *const names[] = {"error", "drop", "mean", "median"};
    for (int i = 0; i < 4; i++)
        if (strcmp(names[i], missing) == 0)
            return i;
    nc_fail(run, NULL, "CSV: missing is \"error\", \"drop\", \"mean\" or \"median\", not \"%s\"", missing);
}

struct nc_data *nc_csv(struct nc_run *run, const char *name, const char *path, int target_count,
                       const struct nc_column *target, int header, const char *delimiter, int column_count,
                       const struct nc_column *columns, int categorical_count, const struct nc_column *categorical,
                       const char *missing)
{
    struct nc_csv_set *set = nc_memory(run, 1, sizeof *set, "a data set");
    *set = (struct nc_csv_set){.table = {.missing = missing_kind(run, missing), .place = place_of}, .path = path,
                            .header = header, .delimiter = delimiter[0], .targets = target, .columns = columns,
                            .categorical = categorical, .target_count = target_count, .column_count = column_count,
                            .categorical_count = categorical_count};
    struct nc_data *data = nc_data_new(run, name, "CSV", NULL, 1, load);
    free(data->own);
    data->own = set;
    data->take = take;
    return data;
}
