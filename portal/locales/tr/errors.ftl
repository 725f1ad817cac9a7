### Ne ters gidebilir ve o zaman ne yaparsınız.

error-title = Bu olmadı
error-WRONG_CODE_OR_SECRET = Kod ve parola birbirine uymuyor. Parolayı yeniden yazın. Büyük ve küçük harflere dikkat edin.
error-TOO_MANY = Çok sık denendi. Biraz bekleyin ve yeniden deneyin. Her denemeden sonra bekleme süresi uzar.
error-BUSY = Şu anda çok yoğun. Hiçbir şey değişmedi. Biraz bekleyin ve yeniden deneyin.
error-UNANSWERED = Yanıt alamadık. Belki yine de oldu. Yeniden denemeden önce genel bakışa bakın.
error-OFFLINE = Bağlantı yok. İnternetiniz var mı bakın ve yeniden deneyin.
error-FAULT = Bizde bir sorun oldu. Hiçbir şey kaydedilmedi. Daha sonra yeniden deneyin.
error-fault-number = Bunun için arıyor musunuz? O zaman bu numarayı söyleyin: { $id }.
error-NOT_FOUND = Bu yok, ya da sizin için değil.
error-CODE_ALREADY_USED = Bu kod daha önce kullanıldı. Siz değil miydiniz? Hemen mektuptaki kurumu arayın.
error-INVITATION_NOT_VALID = Bu mektup artık geçerli değil. En yeni mektubu kullanın ya da yeni bir mektup isteyin.
error-NO_SAY = Buna siz karar vermiyorsunuz. Hiçbir şey kaydedilmedi.
error-WRONG_STAGE = Bu artık yapılamaz. Son durumu genel bakışta görebilirsiniz.
error-HANDOVER_CLOSED = Bu sona erdi. Hiçbir şey kaydedilmedi.
error-TIME_OUT_OF_RANGE = Cihazınızın saati doğru değil. Saati ayarlayın ve yeniden deneyin.
error-EVIDENCE_UNAVAILABLE = Şu anda kaydedemiyoruz. Hiçbir şey kaydedilmedi. Daha sonra yeniden deneyin.
error-TOO_LARGE = Bu çok uzun. Kısaltın.
error-CROSS_SITE = Bu istek başka bir siteden geldi. Hiçbir şey kaydedilmedi. Bu siteyi yeniden açın.
error-other = Bu olmadı. Hiçbir şey kaydedilmedi. Daha sonra yeniden deneyin ya da mektuptaki kurumu arayın.
error-not-believed-title = Buna güvenmiyoruz
error-not-believed = Burada yazanı, imzalaması gereken kişi imzalamamış. Bu yüzden göstermiyoruz. Mektuptaki kurumu arayın.
error-keys = Kayıtlı anahtarlar size ait değil. Belki mektubunuzu başka biri kullandı. Hemen mektuptaki kurumu arayın.
error-again = Yeniden dene
error-session-ended-title = Oturumunuz kapandı
error-session-ended = Bir süre yoktunuz. Güvenliğiniz için her şey kapatıldı. Hiçbir şey kaybolmadı.
error-log-in-again = Yeniden gir
