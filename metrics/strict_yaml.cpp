#include "metrics/strict_yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <sstream>

namespace mppsolar::metrics {

// Our own tree instead of YAML::Node: that one keeps repeated keys in silence and has no line for
// some of its nodes.
struct YamlNode {
  enum class Kind { kEmpty, kText, kList, kMap };
  Kind kind;
  unsigned line, column;
  std::string text;
  std::vector<const YamlNode*> children;  // Of a map: key, value, key, value, ...
  std::size_t size = 1;                   // All values in it, with what its aliases repeat.
};

struct YamlDocument {
  std::string file;
  std::deque<YamlNode> nodes;  // Keeps its elements where they are.
};

namespace {

// A definition or config is some kilobytes; more is the wrong file.
constexpr std::size_t kLargestFile = 4 << 20;
// The built-in definition has some 5000 values. A few aliases of aliases make billions, and what
// reads them would never end; and metrics/protocol.h has indexes of 16 bits.
constexpr std::size_t kMostValues = 50'000;

std::string PlaceText(const std::string& file, unsigned line, unsigned column) {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

[[noreturn]] void Throw(const std::string& place, const std::string& what) {
  throw StrictYamlError(place + ": " + what);
}

unsigned FromOne(int counted_from_zero) {
  return counted_from_zero < 0 ? 1 : static_cast<unsigned>(counted_from_zero) + 1;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(YamlDocument& document) : document_(document) {}

  [[nodiscard]] const YamlNode* Root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_ != nullptr) Throw(At(mark), "a second document; one per file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode& node = Add(mark, anchor, YamlNode::Kind::kEmpty);
    // The mark of a value that was left out is that of whatever follows; its key's place is better.
    if (open_.empty() || open_.back()->kind != YamlNode::Kind::kMap) return;
    const std::vector<const YamlNode*>& siblings = open_.back()->children;
    if (siblings.size() % 2 != 0) return;
    const YamlNode& key = *siblings[siblings.size() - 2];
    node.line = key.line;
    node.column = key.column;
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    Add(mark, anchor, YamlNode::Kind::kText).text = value;
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const bool unfinished = found == anchors_.end() ||
                            std::find(open_.begin(), open_.end(), found->second) != open_.end();
    if (unfinished) Throw(At(mark), "an alias inside of what it repeats; repeat something else");
    Count(mark, found->second->size);
    Attach(found->second);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Add(mark, anchor, YamlNode::Kind::kList));
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Add(mark, anchor, YamlNode::Kind::kMap));
  }
  void OnMapEnd() override { Close(); }

 private:
  [[nodiscard]] std::string At(const YAML::Mark& mark) const {
    return PlaceText(document_.file, FromOne(mark.line), FromOne(mark.column));
  }

  void Count(const YAML::Mark& mark, std::size_t values) {
    values_ += values;
    if (values_ > kMostValues) {
      Throw(At(mark), "more than " + std::to_string(kMostValues) +
                          " values, counting what aliases repeat; repeat less");
    }
  }

  void Open(YamlNode& node) {
    node.size = values_;  // So far; Close makes the difference of it.
    open_.push_back(&node);
  }

  void Close() {
    open_.back()->size = values_ - open_.back()->size + 1;
    open_.pop_back();
  }

  YamlNode& Add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    Count(mark, 1);
    YamlNode& node = document_.nodes.emplace_back(
        YamlNode{kind, FromOne(mark.line), FromOne(mark.column), {}, {}, 1});
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
    Attach(&node);
    return node;
  }

  void Attach(const YamlNode* node) {
    if (open_.empty()) {
      root_ = node;
    } else {
      open_.back()->children.push_back(node);
    }
  }

  YamlDocument& document_;
  const YamlNode* root_ = nullptr;
  std::size_t values_ = 0;
  std::vector<YamlNode*> open_;
  std::map<YAML::anchor_t, const YamlNode*> anchors_;
};

// The length of the UTF-8 character at the beginning of `text`; 0 if there is none.
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first < 0xE0   ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool beyond = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || beyond ? 0 : length;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

// Texts become label values, and Prometheus refuses a whole scrape that has one that is not UTF-8.
// Control characters are no YAML, and yaml-cpp takes a text with some zeros for UTF-16.
void CheckText(const std::string& yaml, const std::string& file) {
  unsigned line = 1;
  unsigned column = 1;
  for (std::string_view rest = yaml; !rest.empty();) {
    const std::size_t length = Utf8Length(rest);
    if (length == 0) {
      Throw(PlaceText(file, line, column), "a byte that is not UTF-8; save the file as UTF-8");
    }
    const bool is_space = rest.front() == '\t' || rest.front() == '\n' || rest.front() == '\r';
    if (IsControl(rest.front()) && !is_space) {
      Throw(PlaceText(file, line, column), "a control character; in quotes write it as \\xNN");
    }
    if (rest.front() == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
    rest.remove_prefix(length);
  }
}

// yaml-cpp's messages end in the byte that they are about.
std::string OnlyPrintable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::string KindName(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kEmpty:
      return "nothing (a text of that name needs quotes)";
    case YamlNode::Kind::kText:
      return "a text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "";
}

}  // namespace

void Yaml::Complain(const std::string& what) const { Throw(Place(), what); }

std::string Yaml::Place() const { return PlaceText(document_->file, node_->line, node_->column); }

unsigned Yaml::Line() const { return node_->line; }

bool Yaml::IsEmpty() const { return node_->kind == YamlNode::Kind::kEmpty; }
bool Yaml::IsText() const { return node_->kind == YamlNode::Kind::kText; }
bool Yaml::IsList() const { return node_->kind == YamlNode::Kind::kList; }
bool Yaml::IsMap() const { return node_->kind == YamlNode::Kind::kMap; }

const std::string& Yaml::Text() const {
  if (!IsText()) Complain(KindName(node_->kind) + "; a text belongs here");
  return node_->text;
}

bool Yaml::YesOrNo() const {
  if (IsText() && node_->text == "true") return true;
  if (IsText() && node_->text == "false") return false;
  Complain((IsText() ? Quoted(node_->text) : KindName(node_->kind)) +
           "; true or false belongs here");
}

unsigned Yaml::Whole(unsigned low, unsigned high) const {
  const std::string right = "; a whole number from " + std::to_string(low) + " to " +
                            std::to_string(high) + " belongs here";
  if (!IsText()) Complain(KindName(node_->kind) + right);
  const std::string& text = node_->text;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || value < low || value > high) Complain(Quoted(text) + right);
  return value;
}

std::vector<Yaml> Yaml::List() const {
  if (!IsList()) Complain(KindName(node_->kind) + "; a list belongs here");
  std::vector<Yaml> list;
  list.reserve(node_->children.size());
  for (const YamlNode* child : node_->children) list.push_back(Yaml(document_, child));
  return list;
}

std::vector<Yaml> Yaml::OneOrMore() const {
  if (IsText()) return {*this};
  if (!IsList()) Complain(KindName(node_->kind) + "; a text or a list of texts belongs here");
  std::vector<Yaml> list = List();
  if (list.empty()) Complain("an empty list; a text or a list of texts belongs here");
  for (const Yaml& each : list) static_cast<void>(each.Text());
  return list;
}

std::vector<YamlEntry> Yaml::Entries() const {
  if (!IsMap()) Complain(KindName(node_->kind) + "; a map (key: value) belongs here");
  std::vector<YamlEntry> entries;
  entries.reserve(node_->children.size() / 2);
  std::map<std::string_view, const YamlNode*> seen;
  for (std::size_t i = 0; i + 1 < node_->children.size(); i += 2) {
    const Yaml key(document_, node_->children[i]);
    if (!key.IsText()) key.Complain(KindName(key.node_->kind) + " as a key; a text belongs here");
    const auto [first, is_new] = seen.emplace(key.node_->text, key.node_);
    if (!is_new) {
      key.Complain("the key " + Quoted(key.node_->text) + " a second time; it is already in line " +
                   std::to_string(first->second->line));
    }
    entries.push_back({key, Yaml(document_, node_->children[i + 1])});
  }
  return entries;
}

YamlMap::YamlMap(const Yaml& map, std::string_view what,
                 std::initializer_list<std::string_view> keys)
    : map_(map), what_(what), entries_(map.Entries()) {
  for (const YamlEntry& entry : entries_) {
    if (std::find(keys.begin(), keys.end(), entry.key.Text()) == keys.end()) {
      entry.key.Complain("unknown key " + Quoted(entry.key.Text()) + "; " + what_ + " has " +
                         Listed({keys.begin(), keys.end()}));
    }
  }
}

std::optional<Yaml> YamlMap::Find(std::string_view key) const {
  for (const YamlEntry& entry : entries_) {
    if (entry.key.Text() == key) return entry.value;
  }
  return std::nullopt;
}

Yaml YamlMap::Get(std::string_view key) const {
  if (const std::optional<Yaml> value = Find(key)) return *value;
  map_.Complain("no key " + Quoted(key) + "; " + what_ + " needs one");
}

std::string Quoted(std::string_view text) {
  std::size_t length = std::min<std::size_t>(text.size(), 60);
  // Not in the middle of a UTF-8 character.
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
    --length;
  std::string quoted = "\"";
  for (const char c : text.substr(0, length)) {
    quoted += IsControl(c) ? '?' : c;
  }
  return quoted + (length < text.size() ? "...\"" : "\"");
}

std::string Listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list.empty() ? "none" : list;
}

Yaml ParseYaml(const std::string& yaml, const std::string& file) {
  CheckText(yaml, file);
  const auto document = std::make_shared<YamlDocument>();
  document->file = file;
  TreeBuilder builder(*document);
  try {
    std::istringstream text(yaml);
    YAML::Parser parser(text);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    Throw(PlaceText(file, FromOne(error.mark.line), FromOne(error.mark.column)),
          "not YAML: " + OnlyPrintable(error.msg));
  }
  const YamlNode* root = builder.Root();
  if (root == nullptr) {
    root = &document->nodes.emplace_back(YamlNode{YamlNode::Kind::kEmpty, 1, 1, {}, {}, 1});
  }
  return Yaml(document, root);
}

Result<std::string> ReadTextFile(const std::string& path) {
  const auto failed = [&](const char* why) {
    return tl::unexpected(Complaint{path + ": cannot be read: " + why});
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  if (file == nullptr) return failed(std::strerror(errno));
  std::string text;
  char chunk[4096];
  while (const std::size_t length = std::fread(chunk, 1, sizeof chunk, file.get())) {
    text.append(chunk, length);
    if (text.size() > kLargestFile) return failed("larger than 4 MiB");
  }
  if (std::ferror(file.get()) != 0) return failed(std::strerror(errno));
  return text;
}

}  // namespace mppsolar::metrics
