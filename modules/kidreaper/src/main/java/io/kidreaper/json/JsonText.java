package io.kidreaper.json;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** JSON as text. Stateless; safe from any thread. */
public final class JsonText {
  private static final int MOST_DEPTH = 16;
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonText() {}

  /**
   * Reads a text that is one object and nothing else. How long it may be is for whoever got it to
   * bound; how deep it may be is bounded here.
   */
  public static Json.Obj readObject(String text) throws JsonFault {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonFault("is no JSON object");
      }
      Json.Obj object = object(parser, 1);
      if (parser.nextToken() != null) {
        throw new JsonFault("goes on behind its object");
      }
      return object;
    } catch (JacksonException e) {
      throw new JsonFault("is not JSON: " + e.getOriginalMessage());
    }
  }

  /** Writes one object on one line. */
  public static String writeObject(Consumer<JsonGenerator> members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      members.accept(json);
      json.writeEndObject();
    }
    return text.toString();
  }

  private static Json.Obj object(JsonParser parser, int depth) throws JsonFault {
    Map<String, Json> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      members.put(key, value(parser, parser.nextToken(), depth + 1));
    }
    return new Json.Obj(members);
  }

  private static Json.Arr array(JsonParser parser, int depth) throws JsonFault {
    List<Json> elements = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      elements.add(value(parser, token, depth + 1));
    }
    return new Json.Arr(elements);
  }

  private static Json value(JsonParser parser, JsonToken token, int depth) throws JsonFault {
    if (depth > MOST_DEPTH) {
      throw new JsonFault("is nested deeper than " + MOST_DEPTH);
    }
    return switch (token) {
      case START_OBJECT -> object(parser, depth);
      case START_ARRAY -> array(parser, depth);
      case VALUE_STRING -> new Json.Text(parser.getString());
      case VALUE_NUMBER_INT -> new Json.Num(parser.getLongValue());
      case VALUE_TRUE -> new Json.Bool(true);
      case VALUE_FALSE -> new Json.Bool(false);
      case VALUE_NULL -> new Json.Null();
      case VALUE_NUMBER_FLOAT -> throw new JsonFault("holds a number that is not whole");
      case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new JsonFault("is not JSON");
    };
  }
}
