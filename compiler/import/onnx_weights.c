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

static const float *values_for(const Import *import, const Item *item, const Parameter *parameter)
{
    if (parameter->kind == PARAMETER_COUNT)
        return arena_alloc(import->arena, 2 * sizeof(float));
    const ItemNumbers *from = numbers_for(item, parameter);
    const int64_t count = shape_count(parameter->shape);
    if (!from || from->numbers->count != count)
        import_fail(import, NULL, "%s has %lld numbers in the model, and not as many in the file", parameter->name,
                    (long long)count);
    if (!from->transposed)
        return from->numbers->floats;
    const int64_t rows = parameter->shape.dim[0], columns = parameter->shape.dim[1];
    float *turned = arena_alloc(import->arena, (size_t)count * sizeof *turned);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < columns; k++)
            turned[i * columns + k] = from->numbers->floats[k * rows + i];
    return turned;
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
        if (item->elements && item->elements != shape_count(item->layer->out))
            import_fail(import, NULL, "node '%.80s', %.40s: it gives a sample %lld elements, which has %lld: it takes "
                        "the batch apart", item->node->output[0], item->node->op_type, (long long)item->elements,
                        (long long)shape_count(item->layer->out));
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
