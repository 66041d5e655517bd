SELECT intent, count(*), round(avg(confidence)::numeric, 3),
  round(avg((state IN ('satisfied', 'converted'))::int), 3)
FROM moments GROUP BY intent
