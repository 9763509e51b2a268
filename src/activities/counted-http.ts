/** Counts the API requests that go through an `Http`, by their answers. */
import type { Http, HttpResponse } from '../http/http.js';
import type { Answer } from '../metrics/metrics.js';

/** The same exchange; `count` is called for each request below `api`, others (token requests) are not counted. */
export function countedHttp(http: Http, api: string, count: (answer: Answer) => void): Http {
  const below = api.replace(/\/*$/, '/');
  return {
    ...http,
    request: async (request) => {
      if (!request.url.href.startsWith(below)) return http.request(request);
      try {
        const response = await http.request(request);
        count(answerOf(response));
        return response;
      } catch (error) {
        count('none');
        throw error;
      }
    },
  };
}

function answerOf({ status }: HttpResponse): Answer {
  if (status === 429) return '429';
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  return status >= 300 ? '3xx' : '2xx';
}
