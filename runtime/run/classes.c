/* classes.c: what the numbers of classes stand for. Folders and words are numbered as they are sorted, so two data sets
 * may give one class two numbers: the parameters' numbers count, which are those of the training data or of the
 * checkpoint, and all other data are numbered anew by the names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "run/samples.h"

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* A whole number from 0 on, written as one is printed; or -1. */
static int number_of(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && digits < 10 && name[digits] == '\0' && (name[0] != '0' || digits == 1) ? atoi(name) : -1;
}

/* MNIST's classes are "7 - seven" in torchvision, and those of its kin, and of folders and tables, "7". */
static int begins_as_digit(const char *name, const char *digit)
{
    return number_of(digit) >= 0 && digit[1] == '\0' && name[0] == digit[0] && strncmp(name + 1, " - ", 3) == 0;
}

static int same_name(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || begins_as_digit(a, b) || begins_as_digit(b, a);
}

static int all_numbers(const struct nc_classes *classes)
{
    int numbers = 1;
    for (int c = 0; c < classes->count && numbers; c++)
        numbers = number_of(classes->names[c]) >= 0;
    return numbers;
}

static int find(const struct nc_classes *known, const char *name)
{
    for (int c = 0; c < known->count; c++)
        if (same_name(known->names[c], name))
            return c;
    return -1;
}

/* The number that class `c` of `data` has among the known ones, or -1. Where one side has no names, the other's may be
 * numbers; or it has numbers of its own, which are not those of an order. */
static int number_among(const struct nc_classes *known, const struct nc_data *data, int c)
{
    const char *name = data->class_names != NULL ? data->class_names[c] : NULL;
    char text[16];
    int number = c;
    if (known->names != NULL && name == NULL && all_numbers(known)) {
        snprintf(text, sizeof text, "%d", c);
        name = text;
    }
    if (known->names != NULL && name != NULL)
        return find(known, name);
    if (name != NULL && !data->own_numbers)
        number = number_of(name);
    return number < known->count ? number : -1;
}

/* "ants, bees, ..." */
static void list_names(const struct nc_classes *classes, char *text, size_t capacity)
{
    size_t length = (size_t)snprintf(text, capacity, classes->names == NULL ? "numbers from 0 to %d" : "",
                                     classes->count - 1);
    for (int c = 0; classes->names != NULL && c < classes->count && length < capacity - 80; c++)
        length += (size_t)snprintf(text + length, capacity - length, "%s%.60s", c > 0 ? ", " : "",
                                   length < capacity - 160 ? classes->names[c] : "...");
}

long long nc_label_count(const struct nc_data *data)
{
    return data->count * (data->places > 0 ? data->places : 1);
}

/* ---- Numbering --------------------------------------------------------------------------------------------------- */

_Noreturn static void fail_unknown(const struct nc_classes *known, const char *whose, const struct nc_data *data,
                                   long long label)
{
    char place[4400], names[700], number[16];
    const int c = data->labels[label];
    const long long sample = label / (data->places > 0 ? data->places : 1);
    snprintf(place, sizeof place, "sample %lld", sample);
    snprintf(number, sizeof number, "%d", c);
    if (data->label_place != NULL)
        data->label_place(data, sample, place, sizeof place);
    list_names(known, names, sizeof names);
    nc_fail(data->run, "train on it too, or take it out", "%s: %s: the class %s is none of those of %s: %s",
            data->name, place, data->class_names != NULL ? data->class_names[c] : number, whose, names);
}

/* The first label whose class is not among the known ones, or -1; the numbers of the classes in number[classes]. */
static long long match(const struct nc_classes *known, const struct nc_data *data, int *number)
{
    for (int c = 0; c < data->classes; c++)
        number[c] = number_among(known, data, c);
    for (long long i = 0; i < nc_label_count(data); i++)
        if (data->labels[i] >= 0 && data->labels[i] < data->classes && number[data->labels[i]] < 0)
            return i;
    return -1;
}

static int same_numbers(const int *number, int classes)
{
    int same = 1;
    for (int c = 0; c < classes; c++)
        same &= number[c] == c;
    return same;
}

/* Gives the samples of `data` the numbers that their classes have among the known ones, which are those of `whose`.
 * `must` 0: returns 0 where one is not among them, and changes nothing. */
static int renumber(const struct nc_classes *known, const char *whose, struct nc_data *data, int must)
{
    int *number = nc_memory(data->run, data->classes, sizeof *number, "the classes");
    long long unknown = match(known, data, number);
    if (unknown >= 0 && must)
        fail_unknown(known, whose, data, unknown);
    int *labels = NULL; /* they live as long as the data */
    if (unknown < 0 && !same_numbers(number, data->classes))
        labels = nc_memory(data->run, nc_label_count(data), sizeof *labels, "the labels");
    for (long long i = 0; i < nc_label_count(data) && labels != NULL; i++) {
        const int label = data->labels[i]; /* or what the loss ignores */
        labels[i] = label >= 0 && label < data->classes ? number[label] : label;
    }
    if (labels != NULL) {
        data->labels_read = data->labels;
        data->labels = labels;
    }
    if (unknown < 0)
        data->classes = known->count;
    if (unknown < 0 && (known->names != NULL || !data->own_numbers))
        data->class_names = known->names;
    free(number);
    return unknown < 0;
}

int nc_checkpoint_classes(struct nc_run *run, const char *path, struct nc_classes *classes)
{
    long long bytes = 0;
    char *record = run->store->load_record(run, path, NC_CLASSES_RECORD, &bytes);
    *classes = (struct nc_classes){0};
    if (record == NULL || bytes < 1 || record[bytes - 1] != '\0') { /* there are none, or it is no list of names */
        free(record);
        return 0;
    }
    long long count = 0;
    for (long long i = 0; i < bytes; i++)
        count += record[i] == '\0';
    if (count > nc_class_count(run->model))
        nc_fail(run, NULL, "%s has names of %lld classes, but %s has %d outputs", path, count, run->model->name,
                nc_class_count(run->model));
    const long long table = count * (long long)sizeof *classes->names;
    const char **names = nc_memory(run, 1, table + bytes, "the classes");
    char *text = memcpy((char *)names + table, record, (size_t)bytes);
    for (long long at = 0; at < bytes; at += (long long)strlen(text + at) + 1)
        names[classes->count++] = text + at;
    classes->names = names;
    free(record);
    return 1;
}

/* ---- A run's ----------------------------------------------------------------------------------------------------- */

/* What differs first between the classes of the run and those of the checkpoint at `path`. */
static void tell_other(const struct nc_run *run, const struct nc_classes *there, const char *path, int must)
{
    const struct nc_classes *here = &run->classes;
    const char *data = run->train.data->name;
    int c = 0;
    while (c < here->count && c < there->count && strcmp(here->names[c], there->names[c]) == 0)
        c++;
    const char *of_file = c < there->count ? there->names[c] : "none", *of_data = c < here->count ? here->names[c]
                                                                                                    : "none";
    if (must)
        nc_fail(run, "start from its parameters alone with --load", "%s was trained on other classes: number %d is "
                "%s there, and %s in %s", path, c, of_file, of_data, data);
    nc_warn(run, "%s was trained on other classes: number %d is %s there, and %s in %s", path, c, of_file, of_data,
            data);
}

/* Of probabilities of the classes a column is one, by its name; NULL where columns have but numbers. */
static const char *const *column_names(const struct nc_data *data)
{
    int named = data->target != NULL;
    for (int c = 0; c < data->target_floats && named; c++)
        named = number_of(data->target[c].name) < 0;
    if (!named)
        return NULL;
    const char **names = nc_memory(data->run, data->target_floats, sizeof *names, "the classes");
    for (int c = 0; c < data->target_floats; c++)
        names[c] = data->target[c].name;
    return names;
}

/* Training data begin a numbering of their own, unless they go on with that of a file that knows all their classes. */
static void number_training(struct nc_run *run, const char *path)
{
    struct nc_data *train = run->train.data;
    struct nc_classes of_file;
    run->classes = (struct nc_classes){train->classes, train->class_names};
    if (train->labels == NULL) /* probabilities are of all classes */
        run->classes = (struct nc_classes){nc_class_count(run->model), column_names(train)};
    if (path == NULL || train->class_names == NULL || !nc_checkpoint_classes(run, path, &of_file))
        return;
    if (renumber(&of_file, path, train, 0)) {
        run->classes = of_file;
        run->names_read = of_file.names;
    } else {
        tell_other(run, &of_file, path, run->resume);
        free((void *)of_file.names);
    }
}

void nc_free_classes(struct nc_run *run)
{
    const struct nc_data *const data[] = {run->train.data, run->test.data};
    int used = 0;
    for (int i = 0; i < 2; i++)
        used |= data[i] != NULL && data[i]->class_names == run->names_read;
    if (!used)
        free((void *)run->names_read);
}

/* For `test`: the checkpoint's; or where it has none, those of the training data that the .net file names, unless all
 * classes of the model are in the test data. Returns whose they are, or NULL: nobody knows. */
static const char *number_by_file(struct nc_run *run, const char *path)
{
    const struct nc_data *test = run->test.data;
    struct nc_data *train = run->train.data;
    if (nc_checkpoint_classes(run, path, &run->classes)) {
        run->names_read = run->classes.names;
        return path;
    }
    if (test->class_names == NULL || test->own_numbers || test->classes == nc_class_count(run->model) || train == NULL)
        return NULL;
    nc_load_data(train);
    run->classes = (struct nc_classes){train->classes, train->class_names};
    return train->classes > 0 ? train->name : NULL;
}

/* A loss that ignores all there is would be 0/0. */
static void check_ignored(const struct nc_run *run, const struct nc_data *data)
{
    const long long ignored = run->model->loss->ignore_index;
    long long label = 0;
    while (label < nc_label_count(data) && data->labels != NULL && data->labels[label] == ignored)
        label++;
    if (label == nc_label_count(data))
        nc_fail(run, "ignore_index is the number of another class",
                "all samples of %s are of class %lld, which the loss ignores", data->name, ignored);
}

void nc_number_classes(struct nc_run *run, const char *path)
{
    struct nc_data *train = nc_reads_training(run) ? run->train.data : NULL;
    struct nc_data *test = !nc_looks_at_gradients(run) ? run->test.data : NULL;
    const char *whose = train != NULL ? train->name : NULL;
    if (!run->model->classes) {
        nc_number_targets(run, path);
        return;
    }
    if (train != NULL)
        number_training(run, path);
    else
        whose = number_by_file(run, path);
    if (test != NULL && test != train && whose != NULL && test->labels != NULL)
        renumber(&run->classes, whose, test, 1);
    if (train != NULL)
        check_ignored(run, train);
    if (test != NULL)
        check_ignored(run, test);
}
