#include "targets/cpu/emit/frame.h"

static void emit_string(Frame *f, const char *field, const char *string)
{
    if (!string)
        return;
    text_printf(&f->text, ", .%s = ", field);
    text_add_quoted(&f->text, string);
}

static const char *class_of(Arena *arena, const Layer *layer)
{
    return layer ? arena_printf(arena, "%s.%s", layer->kind->torch.module, layer->kind->name)
                 : "torch.nn.modules.container.Sequential";
}

void emit_objects(Frame *f)
{
    ObjectList objects = {0};
    network_objects(f->arena, f->program->train->network, &objects);
    text_add(&f->text, "    static const struct nc_module modules[] = {\n");
    for (int i = 0; i < objects.count; i++) {
        const Object *object = &objects.at[i];
        const Layer *layer = object->layer;
        text_printf(&f->text, "        {.depth = %d", object->depth);
        emit_string(f, "name", object->name);
        emit_string(f, "class", class_of(f->arena, layer));
        emit_string(f, "attributes", layer ? torch_attributes(f->arena, layer) : "");
        if (layer) {
            emit_string(f, "parameters", layer->kind->torch.parameters);
            emit_string(f, "buffers", layer->kind->torch.buffers);
        }
        if (layer && layer->parameters.count)
            text_printf(&f->text, ", .first = %d, .tensors = %d", layer->parameters.at[0]->index,
                        layer->parameters.count);
        text_add(&f->text, "},\n");
    }
    text_printf(&f->text, "    };\n    nc_save_whole(run, modules, %d);\n", objects.count);
}
