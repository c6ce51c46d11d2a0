/* The parameters of an ONNX file under the names that they have in the text: both have their layers in one order. */
#include <string.h>

#include "base/fail.h"
#include "import/onnx.h"
#include "trained.h"

static const ItemNumbers *numbers_for(const Item *item, const Parameter *parameter)
{
    const char *dot = strrchr(parameter->name, '.');
    for (int i = 0; i < item->numbers.count; i++)
        if (!strcmp(item->numbers.at[i].name, dot ? dot + 1 : parameter->name))
            return &item->numbers.at[i];
    return NULL;
}

/* The place in the file's row of each element of netc's. */
static int64_t *places_in_row(const Import *import, const OnnxValue *image, int64_t count)
{
    int64_t *places = arena_alloc(import->arena, (size_t)(count + 1) * sizeof *places);
    const Shape sample = onnx_sample(image);
    int64_t step[MAX_RANK], index[MAX_RANK] = {0}, place = 0;
    for (int64_t d = image->shape.rank - 1, all = 1; d >= 1; all *= image->shape.dim[d--])
        step[onnx_place(image, d) - 1] = all;
    for (int64_t i = 0; i < count; i++) {
        places[i] = place;
        place = onnx_next_place(&sample, step, index, place);
    }
    return places;
}

static const float *values_for(const Import *import, const Item *item, const Parameter *parameter)
{
    if (parameter->kind == PARAMETER_COUNT)
        return arena_alloc(import->arena, 2 * sizeof(float));
    const ItemNumbers *from = numbers_for(item, parameter);
    const int64_t count = shape_count(parameter->shape);
    if (!from || from->numbers->count != count)
        import_fail(import, NULL, "%s has %lld numbers in the model, and not as many in the file", parameter->name,
                    (long long)count);
    if (!from->transposed && !from->row_of)
        return from->numbers->floats;
    const int64_t rows = parameter->shape.dim[0], columns = parameter->shape.dim[1];
    const int64_t *places = from->row_of ? places_in_row(import, from->row_of, columns) : NULL;
    float *turned = arena_alloc(import->arena, (size_t)count * sizeof *turned);
    for (int64_t k = 0; k < columns; k++) {
        const int64_t column = places ? places[k] : k;
        for (int64_t i = 0; i < rows; i++)
            turned[i * columns + k] = from->numbers->floats[from->transposed ? column * rows + i
                                                                             : i * columns + column];
    }
    return turned;
}

static void check_shape(const Import *import, const Item *item)
{
    const Shape wanted = item->makes ? onnx_sample(item->makes) : (Shape){0};
    if (wanted.rank == 0 || shape_equal(wanted, item->layer->out))
        return;
    import_fail(import, NULL, "node '%.80s', %.40s: it makes %s, and %s, which stands for it, makes %s",
                item->node->name && *item->node->name ? item->node->name : item->node->output[0], item->node->op_type,
                shape_text(import->arena, wanted), item->layer->kind->name,
                shape_text(import->arena, item->layer->out));
}

/* The items stand in the order in which their layers are applied, a block behind its branches. */
static int match(const Import *import, const Network *network, const ItemList *items, int next)
{
    for (int i = 0; i < items->count; i++) {
        Item *item = items->at[i];
        for (int k = 0; k < item->branch_count; k++) {
            next = match(import, network, &item->branches[k], next);
            next += item->kind == ITEM_CONCAT && item->branches[k].count == 0; /* its Identity */
        }
        if (next >= network->layers.count)
            fail_bug("an ONNX file's text has fewer layers than its items");
        item->layer = network->layers.at[next++];
        check_shape(import, item);
    }
    return next;
}

void import_onnx_match(const Import *import, const Network *network, const ItemList *items)
{
    if (match(import, network, items, 0) != network->layers.count)
        fail_bug("an ONNX file's text has more layers than its items");
}

static void collect(const Import *import, const ItemList *items, const float **values)
{
    for (int i = 0; i < items->count; i++) {
        const Item *item = items->at[i];
        for (int k = 0; k < item->branch_count; k++)
            collect(import, &item->branches[k], values);
        for (int k = 0; k < item->layer->parameters.count; k++) {
            const Parameter *parameter = item->layer->parameters.at[k];
            values[parameter->index] = values_for(import, item, parameter);
        }
    }
}

void import_onnx_weights(const Import *import, const Network *network, const ItemList *items)
{
    const float **values = arena_alloc(import->arena, (size_t)(network->parameters.count + 1) * sizeof *values);
    collect(import, items, values);
    trained_save(import->arena, network, values, import->weights);
}
