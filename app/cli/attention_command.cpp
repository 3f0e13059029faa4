#include "attention/head_painter.h"
#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/qt.h"
#include "engine/look_inside.h"
#include "error.h"
#include "formats/file.h"
#include "widgets/theme.h"

#include <QBuffer>
#include <climits>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

std::string pngOf(const QImage& image) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (image.isNull() || !image.save(&buffer, "PNG"))
    throw Error("The picture cannot be made as PNG; choose a file that ends with .svg or .csv.");
  return bytes.toStdString();
}

int exportAttention(const Arguments& arguments) {
  checkTextOrIds(arguments, "text");
  if (arguments.has("layer") != arguments.has("head"))
    arguments.wrong("--layer and --head belong together; without both, all heads are drawn");
  const std::string shading = arguments.text("shade", "sqrt"), colors = arguments.text("theme", "light");
  if (shading != "sqrt" && shading != "linear") arguments.refuse("shade", "sqrt or linear");
  if (colors != "light" && colors != "dark") arguments.refuse("theme", "light or dark");
  const std::filesystem::path out = outOf(arguments);
  const std::string kind = out.extension().string();
  if (kind != ".png" && kind != ".svg" && kind != ".csv")
    arguments.refuse("out", "a file that ends with .png, .svg or .csv");
  const int layer = int(arguments.whole("layer", 0, 0, INT_MAX)), head = int(arguments.whole("head", 0, 0, INT_MAX));

  const std::filesystem::path folder = modelFolder(arguments);
  const auto tokenizer = tokenizerIn(folder);
  const std::vector<int32_t> ids = idsOf(arguments, "text", tokenizer, folder);
  const auto model = loadModel(arguments, folder);
  checkIds(ids, model->config());
  if (arguments.has("layer") && (layer >= model->config().nLayer || head >= model->config().nHead))
    throw Error("There is no head " + std::to_string(head) + " in layer " + std::to_string(layer) +
                ": the model has layers 0 to " + std::to_string(model->config().nLayer - 1) + " with heads 0 to " +
                std::to_string(model->config().nHead - 1) + ".");
  useQtGui();
  AttentionData data;
  data.modelName = QString::fromStdString(folder.filename().string());
  lookInside(data, *model, tokenizer.get(), ids, !arguments.has("layer"));
  const Shade shade = shading == "linear" ? Shade::Linear : Shade::SquareRoot;
  const Theme& theme = colors == "dark" ? Theme::darkTheme() : Theme::light();
  std::string bytes;
  if (arguments.has("layer")) {
    const auto one = loadHead(data, layer, head);
    bytes = kind == ".png"   ? pngOf(headImage(data, *one, shade, &theme))
            : kind == ".svg" ? headSvg(data, *one, shade, &theme).toStdString()
                             : headCsv(data, *one).toStdString();
  } else
    bytes = kind == ".png"   ? pngOf(gridImage(data, shade, &theme))
            : kind == ".svg" ? gridSvg(data, shade, &theme).toStdString()
                             : gridCsv(data).toStdString();
  writeFileAtomically(out, bytes);
  if (arguments.json())
    printJson({{"out", out.string()}, {"ids", ids}, {"layers", data.nLayer}, {"heads", data.nHead}});
  else
    print("Wrote " + out.string() + ": " +
          (arguments.has("layer") ? headTitle(layer, head).toStdString()
                                  : grouped(int64_t(data.nLayer) * data.nHead) + " heads") +
          ", " + grouped(int64_t(ids.size())) + " tokens.\n");
  return 0;
}

} // namespace

std::vector<Command> attentionCommands() {
  return {{"attention export",
           "Draws what the heads of a model read in a text, as PNG or SVG, or writes the numbers as CSV.",
           "",
           0,
           0,
           {modelOption(),
            {"text", "T", "the text to read"},
            {"ids", "1,2,3", "its token ids, in place of --text", "", true},
            {"layer", "N", "with --head: one head large; counted from 0", "all heads"},
            {"head", "N", "with --layer; counted from 0", "all heads"},
            {"out", "FILE.png|svg|csv", "the file to write", "", false, true},
            {"shade", "sqrt|linear", "how weights become colours", "sqrt"},
            {"theme", "light|dark", "the colours", "light"}},
           exportAttention}};
}

} // namespace attune::cli
